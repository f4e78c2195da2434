/** `oxo grade --class` on real submissions: what cannot be graded is a row, and every report has all of them. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openScratch } from '../../server/testing/scratch.ts'
import { run } from '../testing/command.ts'

const description = `
name: '=Ann <b>'
start: { command: 'true {port}' }
framing: line
send: { move: 'MOVE {player} {row} {col}', reset: RESET }
read: { error: ^ERROR, win: '^WIN (?<player>[XO])', draw: ^DRAW }
`

test('a class has a row, a page and a line of the table for each submission, also if it cannot be graded', async () => {
  using scratch = openScratch()
  const folder = scratch.path('class')
  for (const [name, text] of Object.entries({ ends: description, broken: 'name: [' })) {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'homework.yaml'), text)
  }
  mkdirSync(join(folder, 'nothing'))
  const [csv, pages] = [scratch.path('grades.csv'), scratch.path('pages')]
  const { code, stdout } = await run(['grade', '--class', folder, '--jobs', '2', '--csv', csv, '--html', pages])
  assert.equal(code, 2)
  assert.match(stdout, /not graded {5}broken\n.*homework\.yaml:\d+:\d+: this is not YAML/)
  assert.match(stdout, /not graded {5}ends \(=Ann <b>\)\n {4}the server did not start: it ended with exit code 0/)
  assert.match(stdout, /2 submissions: 0 with all points, 0 with fewer, 2 not graded\.\nFolders without .*: nothing\./)
  assert.match(readFileSync(csv, 'utf8'), /^name,folder.*\r\nbroken,broken,0,.*\r\n'=Ann <b>,ends,0,0,0,not graded,/)
  const index = readFileSync(join(pages, 'index.html'), 'utf8')
  assert.match(index, /href="submissions\/ends\.html">=Ann &lt;b&gt;</)
  assert.match(readFileSync(join(pages, 'submissions/ends.html'), 'utf8'), /href="\.\.\/index\.html"/)
})

test('a class of clients is graded with the checks of a client, and with the points of its teacher', async () => {
  using scratch = openScratch()
  const [folder, csv, points] = [scratch.path('class'), scratch.path('grades.csv'), scratch.path('points.yaml')]
  cpSync(join(import.meta.dirname, '../../../spec/homework/clients/node-json'), join(folder, 'alan'), {
    recursive: true,
  })
  writeFileSync(points, 'points: { client-win: 7.5 }\n')
  const options = ['--client', '--check', 'client-win', '--points', points, '--csv', csv]
  const { code, stdout } = await run(['grade', '--class', folder, ...options])
  assert.equal(code, 0, stdout)
  assert.match(readFileSync(csv, 'utf8'), /,client-win,.*\r\nAlan Turing,alan,7.5,7.5,100,all points,,,,7.5,/)
})

test('a mistake in the points is reported with its place before anything is graded', async () => {
  using scratch = openScratch()
  const [file, points] = [scratch.path('homework.yaml'), scratch.path('points.yaml')]
  writeFileSync(file, description)
  writeFileSync(points, 'total: 100\npoints:\n  raices: 10\n')
  const { code, stdout, stderr } = await run(['grade', '--points', points, file])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /points\.yaml:3:3: there is no check and no group raices; the groups are board, moves, /)
})

test('a report that cannot be written is reported before anything is graded', async () => {
  using scratch = openScratch()
  const file = scratch.path('homework.yaml')
  writeFileSync(file, description)
  const { code, stdout, stderr } = await run(['grade', '--html', scratch.path('no/such/page.html'), file])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^There is no file .*page\.html\.\n$/)
})
