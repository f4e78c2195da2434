import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { run } from '../testing/command.ts'
import { openScratch } from '../../server/testing/scratch.ts'

const fixture = new URL('../../../spec/journal/v2/journal.sqlite', import.meta.url)

test('[J18] an intact journal is reported as a sentence and as JSON, and its file is unchanged', async () => {
  using scratch = openScratch()
  const file = scratch.path('journal')
  copyFileSync(fixture, file)
  const [plain, json] = await Promise.all([
    run(['verify', '--journal', `sqlite:${file}`]),
    run(['verify', '--journal', `sqlite:${file}`, '--json']),
  ])
  assert.deepEqual(plain, { code: 0, stdout: 'The journal holds: 31 entries of 4 games.\n', stderr: '' })
  assert.deepEqual(json, { code: 0, stdout: '{"ok":true,"entries":31,"games":4,"damages":0}\n', stderr: '' })
  assert.deepEqual(readFileSync(file), readFileSync(fixture))
})

test('[J18] every damage is reported on a line of its own, and the command exits with 1', async () => {
  using scratch = openScratch()
  const file = scratch.path('journal')
  copyFileSync(fixture, file)
  {
    using database = new DatabaseSync(file)
    database.exec("UPDATE entry SET body = 'forged' WHERE position = 3; DELETE FROM entry WHERE position = 31")
  }
  const plain = await run(['verify', '--journal', `sqlite:${file}`])
  assert.equal(plain.code, 1)
  const lines = plain.stdout.trim().split('\n')
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', /^position 31: entries 31 to 31 of the journal are lost$/)
  assert.match(lines[1] ?? '', /^game \S+, entry 2: it does not match its chain, or one before it$/)
  assert.match(lines[2] ?? '', /^game \S+, entry 9: entries 9 to 9 are missing$/)
  assert.match(plain.stderr, /^The journal is damaged in 3 places, of 30 entries of 4 games: .*restore the journal/)
  const json = await run(['verify', '--journal', `sqlite:${file}`, '--json'])
  const said = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.equal(said.length, 4)
  assert.deepEqual([said.at(-1)?.['ok'], said.at(-1)?.['reason']], [false, 'damaged'])
  assert.deepEqual(said[0]?.['damage'], { what: 'entries 31 to 31 of the journal are lost', position: 31 })
})

test('[J18] either a record or a journal is verified; a missing journal is reported', async () => {
  using scratch = openScratch()
  const [none, both, missing] = await Promise.all([
    run(['verify']),
    run(['verify', 'game.json', '--journal', 'sqlite:x']),
    run(['verify', '--journal', `sqlite:${scratch.path('none')}`]),
  ])
  assert.deepEqual([none.code, both.code, missing.code], [2, 2, 1])
  assert.match(none.stderr, /^Name either the file of a record, or a journal with --journal/)
  assert.match(missing.stderr, /^There is no journal .*none/)
})
