import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/index.ts'
import { counters, gauges, histograms } from '../service/index.ts'
import { Metrics } from './metrics.ts'

test('[W20] all metrics of the tables are shown, and those of the process with the event-loop delay', async () => {
  const metrics = new Metrics()
  metrics.count('moves_acknowledged_total', 3)
  metrics.observe('commit_seconds', 0.003)
  metrics.watchProcess()
  const text = await metrics.text()
  for (const name of [...Object.keys(counters), ...Object.keys(gauges)])
    assert.match(text, new RegExp(`^oxo_${name} \\d`, 'm'))
  for (const name of Object.keys(histograms)) assert.match(text, new RegExp(`^oxo_${name}_count \\d`, 'm'))
  assert.match(text, /^oxo_moves_acknowledged_total 3$/m)
  assert.match(text, /^oxo_commit_seconds_bucket\{le="0.0025"\} 0\noxo_commit_seconds_bucket\{le="0.005"\} 1$/m)
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds \d/m)
  assert.match(text, /^process_resident_memory_bytes \d/m)
})

const turn = (): Promise<void> => new Promise((resolve) => void systemClock.after(1, resolve))

test('[W20] a long turn of the event loop is shown, and only once', async () => {
  const metrics = new Metrics()
  metrics.watchProcess()
  const lagMs = async (): Promise<number> =>
    1_000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await metrics.text())?.[1])
  await lagMs()
  await turn()
  const late = systemClock.now() + 80
  while (systemClock.now() < late);
  await turn()
  const long = await lagMs()
  assert.ok(long >= 75, `a turn of 80 ms, and ${long}`)
  await turn()
  assert.ok((await lagMs()) < long)
})
