/**
 * `oxo grade --client` gives right clients all points, and each mutant of them fails exactly the checks that its entry names.
 * A mutant runs these checks and three others; with OXO_HOMEWORK=whole it runs all.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import mutants from '../spec/homework/client-mutants.json' with { type: 'json' }
import { clientGradingChecks, type Grade, gradeClient, readDescription } from '../src/grading/index.ts'

const isLong = process.env['OXO_HOMEWORK'] === 'whole'
const clients = join(import.meta.dirname, '../spec/homework/clients')
const folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-clients-'))
after(() => folder.remove())

// Python itself, not a script that looks for it: it is started some two hundred times.
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
process.env['PATH'] = `${dirname(python)}${delimiter}${process.env['PATH']}`

const ids = clientGradingChecks.map(({ id }) => id)

/** Copies a client, because its build writes beside it, and grades the copy. */
async function gradeCopy(
  of: string,
  name: string,
  change: (copy: string) => void,
  only?: readonly string[],
): Promise<Grade> {
  const copy = join(folder.path, name)
  cpSync(join(clients, of), copy, { recursive: true })
  change(copy)
  const file = join(copy, 'homework.yaml')
  const description = readDescription(readFileSync(file, 'utf8'), file)
  const grade = await gradeClient(description, { folder: copy, ...(only && { only }) })
  assert.equal(grade.impossible, undefined)
  return grade
}

const failures = ({ checks }: Grade): readonly string[] =>
  checks.filter(({ verdict }) => verdict === 'failed').map(({ id, reason }) => `${id}: ${reason}`)

describe('clients of the homework', { concurrency: 8 }, () => {
  for (const path of globSync('*/homework.yaml', { cwd: clients })) {
    const name = basename(join(path, '..'))
    test(`a right client gets all points: ${name}`, async () => {
      const grade = await gradeCopy(name, name, () => {})
      assert.deepEqual(failures(grade), [])
      assert.ok(grade.checks.filter(({ verdict }) => verdict === 'passed').length >= 13)
    })
  }

  for (const [index, { of, name, file, find, replace, caughtBy }] of mutants.entries())
    test(`a mutant fails the checks that it must: ${of}/${name}`, async () => {
      const others = ids.filter((id) => !caughtBy.includes(id))
      const some = [0, 5, 10].flatMap((step) => others[(index + step) % others.length] ?? [])
      const change = (copy: string): void => {
        const source = readFileSync(join(copy, file), 'utf8')
        assert.equal(source.split(find).length, 2, 'the text that is replaced is there exactly once')
        writeFileSync(
          join(copy, file),
          source.replace(find, () => replace),
        )
      }
      const grade = await gradeCopy(of, `${of}-${name}`, change, isLong ? ids : [...caughtBy, ...some])
      const failed = grade.checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id)
      assert.deepEqual(failed.toSorted(), caughtBy.toSorted(), failures(grade).join('\n'))
    })

  test('every check of a client is failed by a mutant', () => {
    const caught = new Set(mutants.flatMap(({ caughtBy }) => caughtBy))
    assert.deepEqual(
      ids.filter((id) => !caught.has(id)),
      [],
    )
  })
})
