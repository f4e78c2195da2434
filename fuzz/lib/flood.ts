/** One flood: what people who mean well notice of it, and what the server takes meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { program, ServerProcess } from '../../e2e/lib/server-process.ts'
import { writeLongBoard } from '../../e2e/lib/long-board.ts'
import { longBoard } from './long-game.ts'
import { percentile, play, visit } from './players.ts'

/** What each does, for people. The names are those of fuzz/attacker.ts. */
export const floods = {
  text: 'lines of text that are no command, as fast as they are taken',
  broken: 'JSON that is none, as fast as it is taken',
  discover: 'requests for the longest answer there is',
  websocket: 'frames, as fast as they are taken',
  empty: 'frames with nothing in them, as fast as they are taken',
  newlines: 'empty lines, as fast as they are taken',
  pings: 'WebSocket pings, as fast as they are taken',
  http: 'pipelined HTTP requests, as fast as they are taken',
  visits: '60 HTTP connections, each asking again as soon as it is answered, half of them on a new one each time',
  watchers: '1,000 watchers of a game with 20 moves a second',
  stalled: '1,000 watchers who asked for a megabyte each and do not read',
  creates: '60 that reconnect, each for 200 games with a bot and a clock of four weeks',
  opens: '60 that reconnect, each for 200 public games',
  plays: '60 that reconnect, each for 100 quick matches',
  lists: '60 that reconnect, each for 200 lists of the lobby',
  unknown: '60 that reconnect, each for 200 games that are nowhere',
  restarts: '60 that reconnect, each clearing the open board 200 times',
  hello: '60 that reconnect, each under 50 names of emoji',
  metrics: '60 that reconnect, each for the numbers',
  openrpc: '60 that reconnect, each for the table of methods',
  cluster: '60 that reconnect, each for the page of the cluster',
  accept: '60 that reconnect, each with an Accept of 14 kilobytes',
  upgrades: '60 that reconnect, each for a WebSocket that it leaves at once',
  records: '300 of 5 addresses that ask for the record of a game with 9,900 entries, over and over',
  unread: 'the same, and they read nothing and come back every second',
  repeats: '300 of 5 addresses that say old moves of that game once more, as they were or otherwise',
  thoughts: '60 that reconnect, each for 50 games against a bot that thinks for long',
  wishes: '60 that reconnect, each for 100 quick matches with as many clocks',
  offers: '60 that reconnect, each offering and withdrawing a draw 56 times',
  hoard: 'sockets that are opened and left, as many as one address can have',
} as const
export type FloodName = keyof typeof floods
/** Those that begin with a game of a long past, which a journal in memory does not have. */
const aboutThePast: ReadonlySet<FloodName> = new Set(['records', 'unread', 'repeats'])
export const floodNames = Object.keys(floods) as readonly FloodName[]

/** As many times as much as on a quiet server, in the same run. */
export const timesMax = 5
/** Below this nobody notices, whatever the quiet server did. */
const unnoticedMs = 5
/** Somebody new is served within this. */
export const visitMsMax = 100
export const residentMibMax = 512

export interface Flooded {
  readonly flood: FloodName
  /** Of a move of people who mean well, in ms. */
  readonly quietP50: number
  readonly quietP99: number
  readonly p50: number
  readonly p99: number
  /** Until somebody new is served, in ms: the best of three. */
  readonly visitMs: number
  /** At most, with what the flood left. */
  readonly residentMib: number
}

/** Without a disk where that is enough. */
export function serverFor(name: FloodName): (file: string) => readonly string[] {
  return aboutThePast.has(name) ? serverOnDisk : serverInMemory
}

/** `oxo serve` with its default limits; `file`: of its journal. */
export function serverOnDisk(file: string): readonly string[] {
  return serve(`sqlite:${file}`)
}

/** The same without a disk, which others may use meanwhile. */
export function serverInMemory(_file: string, ...more: readonly string[]): readonly string[] {
  return serve('memory', ...more)
}

function serve(journal: string, ...more: readonly string[]): readonly string[] {
  return [program, 'serve', '--port', '0', '--journal', journal, '--no-pages', '--log-level', 'silent', ...more]
}

/** `command`: of the server, given the file of its journal. `playMs`: how long it goes on. */
export async function flood(
  name: FloodName,
  playMs: number,
  command: (file: string) => readonly string[],
): Promise<Flooded> {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-flood-'))
  try {
    const file = join(folder, 'journal.sqlite')
    if (aboutThePast.has(name)) writeLongBoard(file, longBoard)
    await using server = await ServerProcess.start(command(file))
    await play(server, playMs / 3)
    return await floodServer(name, playMs, server)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function floodServer(name: FloodName, playMs: number, server: ServerProcess): Promise<Flooded> {
  const quiet = await play(server, playMs)
  const args = ['fuzz/attacker.ts', name, `${server.port}`]
  const attacker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A stranger has a machine of their own: it takes what the server and those who mean well leave of this one.
  setPriority(attacker.pid ?? 0, constants.priority.PRIORITY_BELOW_NORMAL)
  try {
    await once(attacker.stdout, 'data')
    // What is loaded and compiled for a protocol's first guests happens once.
    await play(server, playMs / 3)
    const attacked = await play(server, playMs)
    const visits = [await visit(server), await visit(server), await visit(server)]
    const [quietP50, quietP99, p50, p99] = [
      percentile(quiet, 50),
      percentile(quiet, 99),
      percentile(attacked, 50),
      percentile(attacked, 99),
    ]
    return { flood: name, quietP50, quietP99, p50, p99, visitMs: Math.min(...visits), residentMib: peakMib(server) }
  } finally {
    await kill(attacker)
  }
}

export function isBorne({ quietP99, p99, visitMs, residentMib }: Flooded): boolean {
  return p99 <= Math.max(unnoticedMs, timesMax * quietP99) && visitMs <= visitMsMax && residentMib <= residentMibMax
}

export function tell({ flood: name, quietP99, p99, visitMs, residentMib }: Flooded): string {
  return `${name}: p99 ${quietP99.toFixed(1)} → ${p99.toFixed(1)} ms, somebody new in ${visitMs.toFixed(1)} ms, ${residentMib} MiB`
}

function peakMib({ pid }: ServerProcess): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
