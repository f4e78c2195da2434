/** Runs one flood and measures its effect on well-behaved clients and on the server's memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { program, ServerProcess } from '../../e2e/lib/server-process.ts'
import { limits } from '../../src/protocol/index.ts'
import { writeLongBoard } from '../../e2e/lib/long-board.ts'
import { longBoard } from './long-game.ts'
import { percentile, playOn, visitServer } from './players.ts'

/** A description of each flood. The names are those of fuzz/attacker.ts. */
export const floods = {
  text: 'unknown text commands, as fast as the server accepts them',
  broken: 'invalid JSON, as fast as the server accepts it',
  discover: 'requests for the longest answer',
  websocket: 'WebSocket messages, as fast as the server accepts them',
  empty: 'empty WebSocket messages, as fast as the server accepts them',
  newlines: 'empty lines, as fast as the server accepts them',
  pings: 'WebSocket pings, as fast as the server accepts them',
  http: 'pipelined HTTP requests, as fast as the server accepts them',
  visits: '60 HTTP clients that repeat a request as soon as it is answered, half of them on a new connection',
  watchers: '1,000 watchers of a game with 20 moves a second',
  stalled: '1,000 watchers that each requested a megabyte and do not read',
  creates: '60 clients that reconnect and create 200 games with a bot and a clock of four weeks',
  opens: '60 clients that reconnect and create 200 public games',
  plays: '60 clients that reconnect and request 100 quick matches',
  lists: '60 clients that reconnect and list the lobby 200 times',
  unknown: '60 clients that reconnect and read 200 games that do not exist',
  restarts: '60 clients that reconnect and restart the open board 200 times',
  hello: '60 clients that reconnect and say hello with a name of emoji 50 times',
  metrics: '60 clients that reconnect and read the metrics',
  openrpc: '60 clients that reconnect and read the table of methods',
  cluster: '60 clients that reconnect and read the page of the cluster',
  accept: '60 clients that reconnect with an Accept header of 14 kilobytes',
  upgrades: '60 clients that open a WebSocket, close it at once and reconnect',
  records: '300 connections of 5 addresses that keep reading the record of a game with 9,900 entries',
  unread: 'the same without reading the answers, reconnecting every second',
  repeats: '300 connections of 5 addresses that repeat old moves of that game, unchanged or changed',
  thoughts: '60 clients that reconnect and create 50 games against a slow bot',
  wishes: '60 clients that reconnect and request 100 quick matches with different clocks',
  offers: '60 clients that reconnect and offer and withdraw a draw 56 times',
  hoard: 'sockets that are opened and never used, as many as one address can have',
} as const
export type FloodName = keyof typeof floods
/** Floods that need a long game, which a journal in memory does not have. */
const needsLongGame: ReadonlySet<FloodName> = new Set(['records', 'unread', 'repeats'])
export const floodNames = Object.keys(floods) as readonly FloodName[]

/** The most that the p99 may rise compared with the quiet server in the same run, as a factor. */
export const timesMax = 5
/** A p99 below this is always good, in ms: nobody notices it. */
const unnoticedMs = 5
/** The longest time until a new client is served, in ms. */
export const visitMsMax = 100
export const residentMibMax = 512
/** What a request to create a game costs. */
const createUnits = 10
/** The rate limit holds to the last request, except that clocks of two processes are compared. */
export const timesAdmittedMax = 1.1

export interface Flooded {
  readonly flood: FloodName
  /** Latency of a move of a well-behaved client, in ms. */
  readonly quietP50: number
  readonly quietP99: number
  readonly p50: number
  readonly p99: number
  /** Time until a new client is served, in ms: the best of three. */
  readonly visitMs: number
  /** Peak resident memory. */
  readonly residentMib: number
  /** Games that the server has created for the attackers, as a multiple of what the rate limit of their address admits. */
  readonly timesAdmitted: number
}

/** The command of a server without a disk, unless the flood needs one. */
export function serverFor(name: FloodName): (file: string) => readonly string[] {
  return needsLongGame.has(name) ? serverOnDisk : serverInMemory
}

/** `oxo serve` with its default limits and its journal in `file`. */
export function serverOnDisk(file: string): readonly string[] {
  return serve(`sqlite:${file}`)
}

/** The same with a journal in memory, which other load on the disk cannot disturb. */
export function serverInMemory(_file: string, ...more: readonly string[]): readonly string[] {
  return serve('memory', ...more)
}

function serve(journal: string, ...more: readonly string[]): readonly string[] {
  return [program, 'serve', '--port', '0', '--journal', journal, '--no-pages', '--log-level', 'silent', ...more]
}

/** Runs a flood for `playMs`. `command` gives the command of the server for a journal file. */
export async function flood(
  name: FloodName,
  playMs: number,
  command: (file: string) => readonly string[],
): Promise<Flooded> {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-flood-'))
  try {
    const file = join(folder, 'journal.sqlite')
    if (needsLongGame.has(name)) writeLongBoard(file, longBoard)
    await using server = await ServerProcess.start(command(file))
    await playOn(server, playMs / 3)
    return await floodServer(name, playMs, server)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function readCreated(server: ServerProcess): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^oxo_games_created_total (\d+)$/m.exec(metrics)?.[1])
}

/** The games that one address may create in this time; the open board is one more. */
const admittedGames = (seconds: number): number =>
  1 + (limits.addressUnitBurst + limits.addressUnitsPerSecond * seconds) / createUnits

async function floodServer(name: FloodName, playMs: number, server: ServerProcess): Promise<Flooded> {
  const quiet = await playOn(server, playMs)
  const args = ['fuzz/attacker.ts', name, `${server.port}`]
  const attacker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  // A real attacker has its own machine: here it gets only the processor time that the server and the players leave.
  setPriority(attacker.pid ?? 0, constants.priority.PRIORITY_BELOW_NORMAL)
  const began = performance.now()
  try {
    await once(attacker.stdout, 'data')
    // Warms up: modules are loaded and code is compiled for the first clients of a protocol.
    await playOn(server, playMs / 3)
    const attacked = await playOn(server, playMs)
    const visits = [await visitServer(server), await visitServer(server), await visitServer(server)]
    const created = await readCreated(server)
    const seconds = (performance.now() - began) / 1_000
    const [quietP50, quietP99, p50, p99] = [
      percentile(quiet, 50),
      percentile(quiet, 99),
      percentile(attacked, 50),
      percentile(attacked, 99),
    ]
    return {
      flood: name,
      quietP50,
      quietP99,
      p50,
      p99,
      visitMs: Math.min(...visits),
      residentMib: Math.round(server.residentMib('peak')),
      timesAdmitted: created / admittedGames(seconds),
    }
  } finally {
    await kill(attacker)
  }
}

export function isWithinLimits({ quietP99, p99, visitMs, residentMib, timesAdmitted }: Flooded): boolean {
  const isQuick = p99 <= Math.max(unnoticedMs, timesMax * quietP99) && visitMs <= visitMsMax
  return isQuick && residentMib <= residentMibMax && timesAdmitted <= timesAdmittedMax
}

export function describeFlood({ flood: name, quietP99, p99, visitMs, residentMib, timesAdmitted }: Flooded): string {
  return `${name}: p99 ${quietP99.toFixed(1)} → ${p99.toFixed(1)} ms, somebody new in ${visitMs.toFixed(1)} ms, ${residentMib} MiB, games created: ${timesAdmitted.toFixed(2)} of those admitted`
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
