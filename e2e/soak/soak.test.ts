/** Two minutes of everything at once; `npm run soak` takes half an hour. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../lib/record.ts'
import { describe, type Leak, leaks, soak } from './soak.ts'

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

const caughtBy = {
  memory: /heapPerSecond/,
  buffers: /residentPerSecond/,
  handles: /handles are left/,
} as const satisfies Readonly<Record<Leak, RegExp>>

test('a server that keeps memory, one that keeps buffers, and one that keeps handles, are caught', async () => {
  const names = Object.keys(leaks) as Leak[]
  // All at once: each hardly uses a core.
  await Promise.all(
    names.map(async (leak) => {
      const { violations } = await soak({ seconds: plantedSeconds, seed: 1952, leak })
      assert.match(violations.join('\n'), caughtBy[leak])
    }),
  )
  record('soak', {
    planted: names.map((leak) => `keeps ${leaks[leak]} more each second`).join('; '),
    caughtAfter: names.map(() => `${plantedSeconds} s`).join('; '),
  })
})
