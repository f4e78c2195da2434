/** The lab sheets of docs/course: every command block runs and shows what the sheet says; the map names what exists. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sayWhatIsMissing } from '../tools/check/programs.ts'
import { listFiles } from '../tools/check/tree.ts'
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

/** Text and target of each link in a cell. */
const linksIn = (cell: string): readonly (readonly [text: string, target: string])[] =>
  [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = '', target = '']) => [text.replaceAll('`', ''), target])

describe('the map of the course', () => {
  const map = read(`${course}/README.md`)
  const [, ...rows] = [...map.matchAll(/^\|(.+)\|(.+)\|(.+)\|(.+)\|(.+)\|$/gm)].map(([, ...cells]) =>
    cells.map((cell) => cell.trim()),
  )
  const topics = rows.filter(([topic = '']) => !topic.startsWith('---'))

  test('each topic has sheets, and names code and tests that exist', () => {
    assert.ok(topics.length > 20)
    for (const [topic = '', numbers = '', code = '', tests = ''] of topics) {
      for (const number of numbers.split(', '))
        assert.ok(
          sheets.some((sheet) => sheet.startsWith(`${number}-`)),
          `${topic}: there is no sheet ${number}`,
        )
      assert.ok(linksIn(code).length > 0 && linksIn(tests).length > 0, topic)
      for (const [text, target] of [...linksIn(code), ...linksIn(tests)])
        assert.ok(read(join(course, target)).includes(text), `${topic}: ${target} does not have "${text}"`)
    }
  })

  test('each lesson of the page exists, as soon as there are lessons', () => {
    const lessons = listFiles().filter((path) => /^src\/.*\blessons?\b.*\.tsx?$/.test(path))
    const text = lessons.map(read).join('\n')
    for (const [topic = '', , , , lesson = ''] of lessons.length === 0 ? [] : topics)
      for (const id of lesson.split(', ').filter((each) => each !== ''))
        assert.ok(new RegExp(`['"\`/]${id}\\b`).test(text), `${topic}: there is no lesson ${id}`)
  })

  test('every sheet is in the map and has a solution, and the number of blocks is right', () => {
    for (const sheet of sheets) assert.ok(map.includes(`](${sheet})`), sheet)
    assert.deepEqual(readdirSync(join(root, course, 'solutions')).filter(isNumbered), sheets)
    const blocks = sheets.flatMap((sheet) => readSheet(read(`${course}/${sheet}`)))
    const byHand = blocks.filter((block) => block.byHand !== null)
    const sentence = `There are ${sheets.length} sheets with ${blocks.length} blocks; ${byHand.length} of them are run by hand.`
    assert.ok(map.replaceAll(/\s+/g, ' ').includes(sentence), `write this into the map: ${sentence}`)
  })
})
