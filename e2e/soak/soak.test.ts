/** Two minutes of everything at once; `npm run soak` takes half an hour. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../lib/record.ts'
import { describe, soak } from './soak.ts'

const seconds = Number(process.env['OXO_SOAK_SECONDS'] ?? 90)
const plantedSeconds = 18

test('nothing is lost and nothing grows under play, faults and kills', async (t) => {
  const report = await soak({ seconds, seed: 1952 })
  assert.deepEqual(report.violations, [])
  assert.ok(report.moves > seconds && report.kills > 0 && report.stops > 0 && report.cuts > 0)
  const figure = `${seconds} s: ${describe(report)}; 0 violations`
  t.diagnostic(figure)
  record('soak', {
    promise: 'It goes on for as long as it is wanted: nothing is lost and nothing grows',
    test: 'e2e/soak/soak.test.ts',
    figure,
    command: 'npm run soak',
  })
})

test('a server that keeps memory, and one that keeps handles, are caught', async () => {
  for (const leak of ['memory', 'handles'] as const) {
    const { violations } = await soak({ seconds: plantedSeconds, seed: 1952, leak })
    assert.match(violations.join('\n'), leak === 'memory' ? /heapPerSecond/ : /handles are left/)
  }
  const caughtAfter = `${plantedSeconds} s; ${plantedSeconds} s`
  record('soak', { planted: 'keeps 1.5 MB a second; keeps a listening socket a second', caughtAfter })
})
