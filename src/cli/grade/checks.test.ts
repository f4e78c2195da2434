/** The checks of a teacher run in the sandbox, beside those of the grader, and have their points. */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openScratch } from '../../server/testing/scratch.ts'
import { run } from '../testing/command.ts'

const root = join(import.meta.dirname, '../../..')
const example = join(root, 'examples/course-checks.ts')

test('the example checks pass a right submission and fail one with their mistakes, with points of the teacher', async () => {
  using scratch = openScratch()
  const [folder, points, csv] = [scratch.path('ada'), scratch.path('points.yaml'), scratch.path('grade.csv')]
  cpSync(join(root, 'spec/homework/right/python-lines'), folder, { recursive: true })
  writeFileSync(points, 'points: { error-says-why: 7 }')
  const options = ['--checks', example, '--points', points, '--csv', csv]
  const grade = () =>
    run(['grade', ...options, '--check', 'error-says-why,empty-request,win-rows', join(folder, 'homework.yaml')])
  const right = await grade()
  assert.equal(right.code, 0, right.stdout + right.stderr)
  assert.match(right.stdout, /What this course asks too {2}9\/9/)
  const server = join(folder, 'server.py')
  const source = readFileSync(server, 'utf8')
  const wrong = source.replace('return f"ERROR {reason}"', 'return "ERROR"').replace('words = ', 'words = line[0] and ')
  writeFileSync(server, wrong)
  const { code, stdout } = await grade()
  assert.equal(code, 1)
  assert.match(stdout, /✘ +0\/7.*\[error-says-why\]\n.*"ERROR", which gives no reason/)
  assert.match(stdout, /✘ +0\/2.*\[empty-request\]/)
  assert.match(readFileSync(csv, 'utf8'), /,error-says-why,empty-request\r\n.*,0,0\r\n$/)
})

test('checks of a client, and a module that does not exist, are refused before anything is graded', async () => {
  const client = await run(['grade', '--client', '--checks', example, 'homework.yaml'])
  assert.deepEqual([client.code, client.stdout], [2, ''])
  assert.match(client.stderr, /^Checks of your own are for a server/)
  const { code, stderr } = await run(['grade', '--checks', '/no/such.js', 'homework.yaml'])
  assert.equal(code, 2)
  assert.match(stderr, /^\/no\/such\.js cannot be loaded: /)
})
