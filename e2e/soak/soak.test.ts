/** A minute of load, faults and kills at once; `npm run soak` takes half an hour. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { recordFinding } from '../lib/record.ts'
import { describeSoak, type Leak, leaks, soak } from './soak.ts'

const seconds = Number(process.env['OXO_SOAK_SECONDS'] ?? 60)
const plantedSeconds = 18

const caughtBy = {
  memory: /heapPerSecond/,
  buffers: /residentPerSecond/,
  handles: /handles are left/,
} as const satisfies Readonly<Record<Leak, RegExp>>

// The planted leaks are detected before the first third of the long soak ends, which measures nothing.
suite('soak', { concurrency: true }, () => {
  test('nothing is lost and nothing grows under load, faults and kills', async (t) => {
    const report = await soak({ seconds, seed: 1952 })
    assert.deepEqual(report.violations, [])
    assert.ok(report.moves > seconds && report.kills > 0 && report.stops > 0 && report.cuts > 0)
    const figure = `${seconds} s: ${describeSoak(report)}; 0 violations`
    t.diagnostic(figure)
    recordFinding('soak', {
      promise: 'a long run loses nothing, and no resource grows',
      test: 'e2e/soak/soak.test.ts',
      figure,
      command: 'npm run soak',
    })
  })

  test('servers that leak memory, buffers or handles are detected', async () => {
    const names = Object.keys(leaks) as Leak[]
    // They run concurrently: each uses little of a core.
    await Promise.all(
      names.map(async (leak) => {
        const { violations } = await soak({ seconds: plantedSeconds, seed: 1952, leak })
        assert.match(violations.join('\n'), caughtBy[leak])
      }),
    )
    recordFinding('soak', {
      planted: names.map((leak) => `keeps ${leaks[leak]} more each second`).join('; '),
      caughtAfter: names.map(() => `${plantedSeconds} s`).join('; '),
    })
  })
})
