/** How long `oxo serve` takes to listen, compared with a minimal Node server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JournalFolder } from '../../bench/lib/journal-file.ts'
import { MeasuredServer } from '../../bench/lib/server-process.ts'
import { oxoArgs, serverArgs } from '../../bench/lib/trials.ts'
import { tmpdir } from 'node:os'

const startMsMax = 300
/** On a busy machine the limit is this multiple of the minimal server's start. */
const floorsMax = 3
const rounds = 7

async function measure(args: readonly string[]): Promise<number> {
  await using server = await MeasuredServer.start({ pin: [], args })
  return server.startMs
}

test('a server with an empty journal listens within 300 ms', async (t) => {
  const floor: number[] = []
  const oxo: number[] = []
  for (let round = 0; round < rounds; round++) {
    using folder = new JournalFolder(tmpdir())
    floor.push(await measure(serverArgs('floor', '')))
    oxo.push(await measure(oxoArgs(folder.file)))
  }
  const [least, best] = [Math.min(...floor), Math.min(...oxo)]
  t.diagnostic(`the best of ${rounds} starts: bare Node ${least.toFixed(0)} ms, Oxo ${best.toFixed(0)} ms`)
  assert.ok(best <= Math.max(startMsMax, floorsMax * least), `${best.toFixed(0)} ms, bare Node ${least.toFixed(0)} ms`)
})
