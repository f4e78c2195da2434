/** Measures Oxo's memory for idle connections, for live games without connections, and for games that are over. */
import { setTimeout as pause } from 'node:timers/promises'
import { openOxo } from '../drivers/oxo.ts'
import { limits } from '../../src/protocol/index.ts'
import { generate } from './generate.ts'
import { JournalFolder } from './journal-file.ts'
import { openJoinedLines, openRawLines, type MessageSender } from './lines.ts'
import { Links } from './link.ts'
import { Loop } from './loop.ts'
import { type Memory, MeasuredServer } from './server-process.ts'
import { median } from './samples.ts'
import type { Setting } from './setting.ts'
import { oxoArgs, serverArgs } from './trials.ts'

/** In bytes: resident memory, and the heaps of the garbage collector. */
export interface Cost {
  readonly resident: number
  readonly heap: number
  /** The number of connections or games. */
  readonly count: number
}

/** CPU time for a move of the same ten games, in microseconds, among few and among many live games. */
interface GameWork {
  readonly few: number
  readonly many: number
  /** The number of games in the larger measurement. */
  readonly count: number
}

export interface GameCosts {
  readonly live: Cost
  readonly work: GameWork
  /** The memory that is left when every game is over or was idle for long enough. Not measured in a quick run. */
  readonly gone?: Cost
}

/** Connections opened before the first measurement. */
const warmConnections = 500
const connectionsWanted = 10_000
const filesReserved = 1_000

const fail = (reason: string): never => {
  throw new Error(reason)
}

function costBetween(before: Memory, after: Memory, count: number): Cost {
  return {
    resident: (after.resident - before.resident) / count,
    heap: (after.heap - before.heap) / count,
    count,
  }
}

/** The memory of an idle connection. The floor's server stores nothing but sockets. */
export async function measureConnections(setting: Setting, contender: 'floor' | 'oxo-lines'): Promise<Cost> {
  using folder = new JournalFolder(setting.machine.folder)
  const args = serverArgs(contender, folder.file)
  await using server = await MeasuredServer.start({ pin: [], args, probe: true })
  const links = new Links(server.port, fail)
  const total = Math.min(connectionsWanted, setting.machine.filesMax - filesReserved)
  const open = async (count: number): Promise<void> => {
    for (let opened = 0; opened < count; opened++)
      await (contender === 'floor' ? openRawLines(links, () => {}) : openGreeted(links))
  }
  await open(warmConnections)
  const before = await server.memory()
  await open(total - warmConnections)
  const after = await server.memory()
  links.close()
  return costBetween(before, after, total - warmConnections)
}

async function openGreeted(links: Links): Promise<MessageSender> {
  const greeted = Promise.withResolvers<void>()
  const wire = await openRawLines(links, () => greeted.resolve())
  wire.send('{"jsonrpc":"2.0","id":1,"method":"hello","params":{}}')
  await greeted.promise
  return wire
}

/** Games for each connection: fewer than it may have in flight, and may watch. */
const gamesAtOnce = 250
const gamesEach = 3
const connectionsAtOnce = 20
/** Time for creating games, in ms: short enough that moves are measured before the first idle game leaves memory. */
const makingMs = limits.idleGameMs / 5
const activeGames = 10
/** At most. */
const workRounds = 5

/**
 * @param most The number of games to measure, and of games to create before them. A slow machine creates fewer in time.
 */
export async function measureGames(setting: Setting, most: number): Promise<GameCosts> {
  using fewFolder = new JournalFolder(setting.machine.folder)
  using manyFolder = new JournalFolder(setting.machine.folder)
  await using few = await startPinned(setting, fewFolder)
  await using many = await startPinned(setting, manyFolder)
  const play = (server: MeasuredServer, seconds: number): Promise<number> => measureWork(setting, server, seconds)
  for (const server of [few, many]) await play(server, setting.warmUpSeconds)
  const begun = performance.now()
  // The first games cause one-time growth (pages and generations of the collector), which is not the cost of a game.
  const others = await createGames(many.port, most)
  const before = await many.memory()
  const games = await createGames(many.port, most)
  const after = await many.memory()
  const work: { readonly few: number; readonly many: number }[] = []
  const leaveAt = begun + limits.idleGameMs
  for (let lastMs = 0; work.length < workRounds && performance.now() + lastMs * 1.25 < leaveAt;) {
    const startedAt = performance.now()
    work.push({ few: await play(few, 1), many: await play(many, 1) })
    lastMs = performance.now() - startedAt
  }
  if (performance.now() > leaveAt || work.length === 0) throw new Error('games left memory while they were measured')
  const costs = {
    live: costBetween(before, after, games),
    work: {
      few: median(work.map((round) => round.few)),
      many: median(work.map((round) => round.many)),
      count: others + games,
    },
  }
  if (setting.isQuick) return costs
  setting.log(`waiting ${limits.idleGameMs / 1_000} s for idle games to leave memory`)
  await pause(limits.idleGameMs * 1.25)
  return { ...costs, gone: costBetween(before, await many.memory(), games) }
}

function startPinned({ machine }: Setting, folder: JournalFolder): Promise<MeasuredServer> {
  return MeasuredServer.start({ pin: machine.pinServer, args: oxoArgs(folder.file), probe: true })
}

/** Creates games without connections: opens connections for every few thousand games and closes them. Resolves with the number of games. */
async function createGames(port: number, most: number): Promise<number> {
  const pairs = (connectionsAtOnce / 2) * gamesAtOnce
  const until = performance.now() + makingMs
  let made = 0
  for (; made < most && performance.now() < until; made += pairs * gamesEach) {
    const links = new Links(port, fail)
    const loop = new Loop(pairs, { begin() {}, end() {}, beginSetUp() {}, endSetUp() {} })
    loop.drive(await openOxo((handle) => openJoinedLines(links, handle), connectionsAtOnce, loop))
    await loop.prepare(gamesEach)
    links.close()
  }
  return made
}

async function measureWork(setting: Setting, server: MeasuredServer, seconds: number): Promise<number> {
  const outcome = await generate(setting.machine.pinGenerator, {
    contender: 'oxo-lines',
    port: server.port,
    serverPid: server.pid,
    pairs: activeGames,
    connections: activeGames * 2,
    prepared: 100,
    seconds,
    warmUpSeconds: 0.5,
  })
  return outcome.serverCpuMicros
}
