import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counters, gauges, histograms } from '../service/index.ts'
import { Metrics } from './metrics.ts'

test('[W20] every number of the tables is told, and those of the process with the delay of the loop', async () => {
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
