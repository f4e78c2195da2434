import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLine } from './log.ts'
import { start } from '../cli/testing/command.ts'

test('on a terminal a line of the log is readable, and nothing in it moves the cursor', () => {
  const line = {
    level: 'warn',
    time: '2026-12-01T12:30:01.123Z',
    port: 1952,
    reason: 'no \u001B[2J',
    host: '::1',
    msg: 'late',
  }
  assert.equal(makeLine(JSON.stringify(line)), '12:30:01 warn  late port=1952 reason="no \\u001b[2J" host=::1\n')
})

test('elsewhere the log is JSON with the name of the level and a time in ISO 8601', async () => {
  const child = start(['serve', '--port', '0', '--journal', 'memory', '--no-pages'])
  const [output] = await new Promise<[Buffer]>((resolve) =>
    child.stderr.once('data', (data: Buffer) => resolve([data])),
  )
  const line = JSON.parse(String(output)) as Readonly<Record<string, unknown>>
  assert.deepEqual([line['level'], line['msg'], line['durability']], ['info', 'listening', 'memory'])
  assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT.*Z$/)
  child.kill()
})
