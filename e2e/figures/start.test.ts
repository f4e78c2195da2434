/** How long `oxo serve` takes to listen, compared with a minimal Node server and with the disk. */
import assert from 'node:assert/strict'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { test } from 'node:test'
import { JournalFolder } from '../../bench/lib/journal-file.ts'
import { MeasuredServer } from '../../bench/lib/server-process.ts'
import { oxoArgs, serverArgs } from '../../bench/lib/trials.ts'
import { tmpdir } from 'node:os'

const startMsMax = 300
/** On a busy or slow machine the limit is this multiple of the minimal server's start; usually it takes 3.3 of them. */
const floorsMax = 4
const rounds = 7
/** Syncs of a new journal and of the token key; what they take is the disk's time. */
const syncs = 13

async function measure(args: readonly string[]): Promise<number> {
  await using server = await MeasuredServer.start({ pin: [], args })
  return server.startMs
}

function measureSyncs(file: string): number {
  const descriptor = openSync(file, 'w')
  const begun = performance.now()
  for (let sync = 0; sync < syncs; sync++) {
    writeSync(descriptor, 'a page')
    fsyncSync(descriptor)
  }
  const tookMs = performance.now() - begun
  closeSync(descriptor)
  return tookMs
}

test('a server with an empty journal listens within 300 ms', async (t) => {
  const floor: number[] = []
  const disk: number[] = []
  const oxo: number[] = []
  for (let round = 0; round < rounds; round++) {
    using folder = new JournalFolder(tmpdir())
    floor.push(await measure(serverArgs('floor', '')))
    disk.push(measureSyncs(`${folder.file}.syncs`))
    oxo.push(await measure(oxoArgs(folder.file)))
  }
  const [least, syncMs, best] = [Math.min(...floor), Math.min(...disk), Math.min(...oxo)]
  const found = `${best.toFixed(0)} ms; bare Node ${least.toFixed(0)} ms, ${syncs} syncs ${syncMs.toFixed(0)} ms`
  t.diagnostic(`the best of ${rounds} starts: ${found}`)
  assert.ok(best <= Math.max(startMsMax, floorsMax * least) + syncMs, found)
})
