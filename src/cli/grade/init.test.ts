/** `oxo grade --init` and `--schema`: what they write is used as it is. */
import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openScratch } from '../../server/testing/scratch.ts'
import { run } from '../testing/command.ts'

const python = join(import.meta.dirname, '../../../spec/homework/right/python-lines/server.py')

test('--init writes a description that grades a server of lines, says what to do next, and never overwrites', async () => {
  using scratch = openScratch()
  copyFileSync(python, scratch.path('server.py'))
  const file = scratch.path('homework.yaml')
  const { code, stdout } = await run(['grade', '--init', scratch.folder])
  assert.deepEqual([code, stdout.split('\n')[0]], [0, 'The server is server.py (Python).'])
  assert.match(stdout, / {2}1\. Change the lines with CHANGE.*\n {2}2\. Run: oxo grade .*homework\.yaml\n$/)
  const graded = await run(['grade', '--check', 'win-rows,taken-cell,draws', file])
  assert.equal(graded.code, 0, graded.stdout + graded.stderr)
  const before = readFileSync(file, 'utf8')
  const again = await run(['grade', '--init', scratch.folder])
  assert.equal(again.code, 2)
  assert.match(again.stderr, /^There is a .*homework\.yaml already, and it stays as it is/)
  assert.equal(readFileSync(file, 'utf8'), before)
})

test('--init in a folder that does not exist says so', async () => {
  const { code, stderr } = await run(['grade', '--init', '/no/such/folder'])
  assert.deepEqual([code, stderr], [2, 'There is no file /no/such/folder.\n'])
})
