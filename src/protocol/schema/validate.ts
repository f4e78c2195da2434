/** Validates params against the method table with compiled schemas. */
import { Compile } from 'typebox/schema'
import { Fault } from '../fault.ts'
import { type MethodName, methodNames, methods, type Params } from './methods.ts'

interface SchemaError {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

interface Check {
  Check(value: unknown): boolean
  /** Whether the value is valid, and the errors if it is not. */
  Errors(value: unknown): readonly [boolean, readonly SchemaError[]]
}

/** Maps each name to itself. The result is an interned string, by which later look-ups are faster than by a new string. */
const names: ReadonlyMap<string, MethodName> = new Map(methodNames.map((name) => [name, name]))
/** Each schema is compiled at its first use: compiling all of them would double the time that a server takes to start. */
const checks = new Map<MethodName, Check>()

/** @returns undefined if there is no such method. */
export function parseMethod(name: string): MethodName | undefined {
  return names.get(name)
}

/**
 * Returns the same object, typed as the params of the method.
 * @throws Fault 'invalid-params' whose message names the member and what is wrong with it.
 */
export function checkParams<Method extends MethodName>(method: Method, params: unknown): Params<Method> {
  const check = checks.get(method) ?? compile(method)
  if (check.Check(params)) return params as Params<Method>
  throw new Fault('invalid-params', complaint(check, params))
}

function compile(method: MethodName): Check {
  const check = Compile(methods[method].params)
  checks.set(method, check)
  return check
}

function complaint(check: Check, params: unknown): string {
  const error = pickError(check.Errors(params)[1])
  if (error === undefined) return 'the params do not fit the method'
  const member = error.instancePath.replaceAll('/', '.').slice(1)
  return `${member === '' ? 'params' : member}: ${explain(error)}`
}

/** The message of the compiled check about a member that the schema does not have. */
const unknownMember = 'schema is false'

function explain({ keyword, params, message }: SchemaError): string {
  if (message === unknownMember) return 'there is no such member'
  const allowed = keyword === 'enum' && 'allowedValues' in params ? params.allowedValues : undefined
  return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message
}

/** The first error. If a member allows several forms, an error of the best-fitting form. */
function pickError(errors: readonly SchemaError[]): SchemaError | undefined {
  const [first] = errors
  const union = errors.find(
    ({ keyword, schemaPath }) => keyword === 'anyOf' && first?.schemaPath.startsWith(schemaPath),
  )
  if (union === undefined) return first
  const forms = `${union.schemaPath}/anyOf/`
  const formOf = ({ schemaPath }: SchemaError): string => schemaPath.slice(forms.length).replace(/\/.*/, '')
  const groups = [...Map.groupBy(errors.filter(isWithin(forms)), formOf).values()]
  const candidates = groups.filter(([error]) => error?.keyword !== 'type' || error.instancePath !== union.instancePath)
  if (candidates.length === 0) return { ...union, message: `must be ${listTypes(groups.flat())}` }
  const picked = candidates.reduce((best, group) => (group.length < best.length ? group : best))[0]
  if (picked?.message !== unknownMember) return picked
  const isOfAnother = candidates.some(
    (group) => !group.some(({ instancePath }) => instancePath === picked.instancePath),
  )
  return isOfAnother ? { ...picked, message: 'cannot stand beside the other members' } : picked
}

function isWithin(path: string): (error: SchemaError) => boolean {
  return ({ schemaPath }) => schemaPath.startsWith(path)
}

function listTypes(errors: readonly SchemaError[]): string {
  return [...new Set(errors.map(({ params }) => ('type' in params ? String(params.type) : '')))].join(' or ')
}
