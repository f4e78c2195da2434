/** The submissions of spec/homework: copies of them, changed or not, graded. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../src/base/node/index.ts'
import { type Grade, gradeSubmission, readDescription } from '../../src/grading/index.ts'

/** Everything against everything, which takes a quarter of an hour; the tests of a change try a part. */
export const isWhole = process.env['OXO_HOMEWORK'] === 'whole'

export const homework = join(import.meta.dirname, '../../spec/homework')

/** One mistake that is planted in a right submission: `find` occurs once in `file`. */
export interface Mutant {
  readonly name: string
  readonly of: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** What real homework gets wrong here, as a sentence. */
  readonly mistake: string
  /** The ids of all checks that it fails. */
  readonly caughtBy: readonly string[]
}

export function readMutants(): readonly Mutant[] {
  return JSON.parse(readFileSync(join(homework, 'mutants.json'), 'utf8')) as Mutant[]
}

/** The text of a mutant's file. @throws Error unless `find` occurs exactly once */
function mutate({ name, of, file, find, replace }: Mutant): string {
  const text = readFileSync(join(homework, 'right', of, file), 'utf8')
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`${name}: "${find}" occurs ${parts.length - 1} times in ${of}/${file}`)
  return parts.join(replace)
}

/** Gives a submission that has its port in its source a free one: several copies are graded at once. */
async function changePort(folder: string, port: number): Promise<void> {
  const free = await findFreePort()
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`${port}`, `${free}`))
  }
}

/** Grades a copy of a right submission, with a mistake planted if there is one. */
export async function gradeCopy(
  of: string,
  { mutant, only }: { readonly mutant?: Mutant; readonly only?: readonly string[] } = {},
): Promise<Grade> {
  const folder = mkdtempSync(join(tmpdir(), `oxo-${of}-`))
  try {
    cpSync(join(homework, 'right', of), folder, { recursive: true })
    if (mutant !== undefined) writeFileSync(join(folder, mutant.file), mutate(mutant))
    const read = () => readDescription(readFileSync(join(folder, 'homework.yaml'), 'utf8'), 'homework.yaml')
    const port = read().start?.port ?? null
    if (port !== null) await changePort(folder, port)
    const description = read()
    return await gradeSubmission(description, { folder, ...(only !== undefined && { only }) })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
