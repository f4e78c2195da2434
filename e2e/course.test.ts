/** The lab sheets of docs/course: every command block runs and shows what the sheet says; the map names what exists. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sayWhatIsMissing } from '../tools/check/programs.ts'
import { leaveOut } from './lib/left-out.ts'
import { patternOf, readSheet } from './lib/sheet.ts'
import { SheetRunner } from './lib/sheet-runner.ts'

const root = join(import.meta.dirname, '..')
const course = 'docs/course'
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const isNumbered = (name: string): boolean => /^\d-.*\.md$/.test(name)
const sheets = readdirSync(join(root, course)).filter(isNumbered)

describe('a sheet works as it is', { concurrency: 6 }, () => {
  for (const sheet of sheets)
    test(`every block of ${sheet}, then of its solution, shows what it says`, async (t) => {
      const path = `${course}/${sheet}`
      const blocks = [path, `${course}/solutions/${sheet}`].flatMap((each) => readSheet(read(each)))
      const isCluster = blocks.some(({ steps }) => steps.some(({ typed }) => typed.includes('run -s cluster')))
      if (leaveOut(t, sayWhatIsMissing('nc', 'python3', ...(isCluster ? (['nats-server'] as const) : [])))) return
      using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-course-'))
      await using runner = await SheetRunner.open(folder.path)
      for (const block of blocks.filter(({ byHand }) => byHand === null)) await runner.run(block)
    })
})

test('a block that shows something else fails', () => {
  const [block] = readSheet('```console\n$ echo 1\n> echo 2\n1\n…\n4 … 6\n```\n')
  assert.equal(block?.steps[0]?.typed, 'echo 1\necho 2')
  const pattern = new RegExp(`^${patternOf(block?.steps[0]?.shown ?? [])}$`)
  assert.match('1\n2\n3\n4 5 6\n', pattern)
  assert.match('1\n4 6 6\n', pattern)
  for (const other of ['1\n2\n', '1\n4 5 6\n7\n', '2\n4 5 6\n']) assert.doesNotMatch(other, pattern)
})
