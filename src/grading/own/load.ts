/** Loads the checks of a teacher from a module. */
import { pathToFileURL } from 'node:url'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { checkGroups, type GradingCheck, gradingChecks } from '../checks/index.ts'
import { clientGradingChecks } from '../client/checks.ts'
import type { OwnCheck } from './contract.ts'
import { toGradingCheck } from './tools.ts'

/** A module that cannot be used. The message is a sentence that says what to do. */
export class OwnChecksMistake extends Error {
  override readonly name = 'OwnChecksMistake'
}

const id = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const text = Type.String({ minLength: 1 })
/** Each key with what a message says of it. */
const fields = {
  id: [Type.String({ pattern: id.source }), 'lower-case letters, digits and hyphens, such as error-says-why'],
  title: [text, 'a text'],
  hint: [text, 'a text'],
  points: [Type.Number({ minimum: 0 }), 'a number from 0'],
  run: [Type.Unsafe<OwnCheck['run']>(Type.Unknown()), 'a function'],
} as const
const validators = Object.entries(fields).map(([key, [schema, what]]) => ({ key, what, validator: Compile(schema) }))

/**
 * Runs the module with the rights of this process. `file` is an absolute path.
 * @throws OwnChecksMistake
 */
export async function loadOwnChecks(file: string): Promise<readonly GradingCheck[]> {
  let loaded: { readonly checks?: unknown }
  try {
    loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof loaded
  } catch (cause) {
    throw new OwnChecksMistake(`${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  const checks: unknown = loaded.checks
  if (!Array.isArray(checks) || checks.length === 0)
    throw new OwnChecksMistake(
      `${file} exports no checks: write \`export const checks = [{ id, title, hint, points, run }]\`.`,
    )
  const taken = new Set([
    ...Object.keys(checkGroups),
    ...[...gradingChecks, ...clientGradingChecks].map((one) => one.id),
  ])
  return checks.map((check: unknown, index) => {
    const own = checkShape(check, `${file}: check ${index + 1}`)
    if (taken.has(own.id)) throw new OwnChecksMistake(`${file}: there is a check or a group ${own.id} already.`)
    taken.add(own.id)
    return toGradingCheck(own)
  })
}

function checkShape(check: unknown, where: string): OwnCheck {
  if (typeof check !== 'object' || check === null)
    throw new OwnChecksMistake(`${where} is no object with id, title, hint, points and run.`)
  const values = check as Readonly<Record<string, unknown>>
  const wrong = validators.find(
    ({ key, validator }) => !validator.Check(values[key]) || (key === 'run' && typeof values[key] !== 'function'),
  )
  if (wrong !== undefined) throw new OwnChecksMistake(`${where}: ${wrong.key} must be ${wrong.what}.`)
  return check as OwnCheck
}
