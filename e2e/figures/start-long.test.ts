/** The time of a start does not depend on the length of the history: the open board has a million entries. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { recordFinding } from '../lib/record.ts'
import { writeLongBoard } from '../lib/long-board.ts'
import { plantedCommand, serveCommand, ServerProcess } from '../lib/server-process.ts'

const entries = 1_000_000
/** Too small for all entries as objects. */
const heapMib = 256
const residentMibMax = 400
const timesMax = 2
/** For one page of entries that is read and verified, and for other load on the machine. */
const slackMs = 250
const rounds = 3
const catchUpMsMax = 60_000

type Command = (file: string) => readonly string[]

interface Start {
  readonly emptyMs: number
  readonly longMs: number
  /** Peak resident memory, with the catalog caught up. */
  readonly residentMib: number
}

const folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-start-'))
const file = join(folder.path, 'long', 'journal')
before(() => writeLongBoard(file, { game: 'main', rules: 'tictactoe', moves: 6, entries }))
after(() => folder.remove())

const oxo: Command = (file) => [`--max-old-space-size=${heapMib}`, ...serveCommand(file)]
const planted: Command = (file) => [`--max-old-space-size=${heapMib}`, ...plantedCommand('all-read', file)]

/** Starts with an empty and with the long journal several times, and takes the best. @throws if a start fails */
async function start(command: Command): Promise<Start> {
  const empty: number[] = []
  const long: number[] = []
  const resident: number[] = []
  for (let round = 0; round < rounds; round++) {
    using none = mkdtempDisposableSync(join(tmpdir(), 'oxo-start-'))
    empty.push((await startOnce(command(join(none.path, 'journal')), 1)).tookMs)
    const { tookMs, residentMib } = await startOnce(command(file), entries)
    long.push(tookMs)
    resident.push(residentMib)
  }
  return { emptyMs: Math.min(...empty), longMs: Math.min(...long), residentMib: Math.max(...resident) }
}

async function startOnce(
  command: readonly string[],
  version: number,
): Promise<{ readonly tookMs: number; readonly residentMib: number }> {
  await using server = await ServerProcess.start(command)
  assert.match(await get(server, '/games/main'), new RegExp(`^BOARD main version ${version},`))
  const end = performance.now() + catchUpMsMax
  while ((await get(server, '/readyz?verbose')).includes('catalog: catching up'))
    assert.ok(performance.now() < end, `the catalog has not caught up within ${catchUpMsMax} ms`)
  return { tookMs: server.startMs, residentMib: Math.round(server.residentMib('peak')) }
}

async function get(server: ServerProcess, path: string): Promise<string> {
  return (await fetch(`${server.url}${path}`, { headers: { Accept: 'text/plain' } })).text()
}

function check(t: TestContext, { emptyMs, longMs, residentMib }: Start): string {
  const figure = `${emptyMs.toFixed(0)} ms with an empty journal, ${longMs.toFixed(0)} ms with ${entries.toLocaleString('en')} entries of one board, ${residentMib} MiB at most`
  t.diagnostic(figure)
  assert.ok(longMs <= timesMax * emptyMs + slackMs && residentMib <= residentMibMax, figure)
  return figure
}

test(`[S35] a server whose open board has ${entries} entries starts as fast as an empty one, with a heap of ${heapMib} MiB`, async (t) => {
  recordFinding('start-long', {
    promise: `a start is at most ${timesMax} × that of an empty journal + ${slackMs} ms, below ${residentMibMax} MiB, however long the open board was played`,
    test: 'e2e/figures/start-long.test.ts',
    figure: check(t, await start(oxo)),
    command: 'node --test e2e/figures/start-long.test.ts',
  })
})

test('a server that reads the whole board before it listens is detected', async (t) => {
  await assert.rejects(async () => check(t, await start(planted)), /entries of one board|did not start/)
  recordFinding('start-long', { planted: 'all entries of the open board are read at the start', caughtAfter: '1 run' })
})
