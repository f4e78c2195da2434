/** A full disk is always reported and costs no move; the server recovers when there is space again. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeRpcRequest } from '../lib/ask.ts'
import { leaveOut } from '../lib/left-out.ts'
import { MemoryFolder, sayWhyNotMount } from '../lib/mounts.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'
import { openLinesConnection } from '../../src/conformance/wire.ts'
import { eventually } from '../lib/wait.ts'
import { accountAt, Witness } from '../lib/checking-player.ts'

/** Enough space for a start; full after some moves. */
const kibibytes = 256
/** The longest recovery after there is space again, in ms. */
const backMsMax = 5_000
const rounds = 3

interface Result {
  readonly findings: readonly string[]
  readonly refused: number
  readonly acknowledged: number
  readonly backMs: number
}

/** Repeats: fills the disk by playing, checks the server, enlarges the disk, and continues. */
async function fillAndEmpty(command: (file: string) => readonly string[]): Promise<Result> {
  using folder = new MemoryFolder(kibibytes)
  await using server = await ServerProcess.start(command(join(folder.path, 'journal.sqlite')))
  const findings: string[] = []
  const witnesses = Array.from({ length: 3 }, (_, index) => new Witness(`full-${index}`))
  let refused = 0
  let backMs = 0
  let size = kibibytes
  const wires = await Promise.all(witnesses.map(() => openLinesConnection(server)))
  for (let round = 0; round < rounds && findings.length === 0; round++) {
    const before = witnesses.map(({ refusals }) => refusals.length)
    const playing = witnesses.map(async (witness, index) => {
      const [wire] = wires.slice(index)
      // Ends when a command was refused and its repetition accepted.
      while (wire !== undefined && witness.refusals.length === before[index] && !witness.isDone)
        await witness.step(wire)
    })
    let isOver = false
    const played = Promise.all(playing)
      .catch((cause: unknown) => void findings.push(String(cause)))
      .finally(() => (isOver = true))
    const isRefused = ({ refusals }: Witness, index: number): boolean => refusals.length > (before[index] ?? 0)
    await eventually(() => isOver || witnesses.every(isRefused), 60_000)
    findings.push(...(await checkFull(server)))
    size *= 2
    folder.resize(size)
    const emptied = performance.now()
    await eventually(() => isOver || performance.now() - emptied > backMsMax)
    const isBack = await isReady(server)
    backMs = Math.max(backMs, performance.now() - emptied)
    if (!isBack || backMs > backMsMax) {
      findings.push(`${Math.round(backMs)} ms after there was space: not back`)
      for (const wire of wires) wire.close()
    }
    await played
  }
  for (const wire of wires) wire.close()
  refused = witnesses.reduce((sum, { refusals }) => sum + refusals.length, 0)
  const names = new Set(witnesses.flatMap((witness) => witness.refusals))
  names.delete('storage-full')
  findings.push(...[...names].map((name) => `refused with ${name}`))
  for (const { account } of witnesses) findings.push(...(await accountAt(server, account)))
  const acknowledged = witnesses.reduce((sum, witness) => sum + witness.acknowledged, 0)
  return { findings, refused, acknowledged, backMs }
}

/** Checks a server whose disk is full. */
async function checkFull(server: ServerProcess): Promise<readonly string[]> {
  const ready = await fetch(`${server.url}/readyz?verbose`)
  const why = await ready.text()
  const read = await fetch(`${server.url}/games/full-0`)
  const wire = await openLinesConnection(server)
  wire.send(makeRpcRequest(1, 'game.record', { game: 'full-0' }))
  const entries = await wire.inbox.next()
  wire.close()
  return [
    ...(ready.status === 503 && /space|full/.test(why) ? [] : [`/readyz answers ${ready.status}: ${why}`]),
    ...(read.status === 200 ? [] : [`a read is answered with ${read.status}`]),
    ...(entries.includes('"entries"') ? [] : [`a record is answered with ${entries.slice(0, 100)}`]),
  ]
}

async function isReady(server: ServerProcess): Promise<boolean> {
  return (await fetch(`${server.url}/readyz`)).status === 200
}

test('[J9] the disk is full: reads continue, moves are refused by name, and everything continues when there is space', async (t) => {
  if (leaveOut(t, sayWhyNotMount('tmpfs'))) return
  const { findings, refused, acknowledged, backMs } = await fillAndEmpty((file) => serveCommand(file))
  assert.deepEqual(findings, [])
  assert.ok(refused >= rounds && acknowledged > rounds)
  const figure = `${rounds} times full at ${kibibytes} KiB and more: ${refused} refusals, ${acknowledged} acknowledged, 0 lost; back in ${Math.round(backMs)} ms`
  t.diagnostic(figure)
  recordFinding('full-disk', {
    promise: 'A full disk costs no move, and the server comes back by itself',
    test: 'e2e/real/full-disk.test.ts',
    figure,
    command: 'node --test e2e/real/full-disk.test.ts',
  })
})

test('a server that loses entries that did not fit, and one that stays full, are detected', async (t) => {
  if (leaveOut(t, sayWhyNotMount('tmpfs'))) return
  const planted = (name: string) => fillAndEmpty((file) => plantedCommand(name, file))
  assert.match((await planted('full-is-stored')).findings.join('\n'), /readyz answers 200/)
  assert.match((await planted('full-for-ever')).findings.join('\n'), /not back/)
  recordFinding('full-disk', {
    planted: 'reports stored when the disk was full; stays full forever',
    caughtAfter: '1 filling; 1 filling',
  })
})
