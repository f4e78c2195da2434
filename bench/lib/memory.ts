/** What Oxo keeps in memory: idle connections, live games that nobody is connected to, games that are over. */
import { setTimeout as pause } from 'node:timers/promises'
import { openOxo } from '../drivers/oxo.ts'
import { limits } from '../../src/protocol/index.ts'
import { generate } from './generate.ts'
import { JournalFolder } from './journal-file.ts'
import { openJoinedLines, openLines, type Wire } from './lines.ts'
import { Links } from './link.ts'
import { Loop } from './loop.ts'
import { type Memory, ServerProcess } from './server-process.ts'
import { median } from './samples.ts'
import type { Setting } from './setting.ts'
import { oxoArgs, serverArgs } from './trials.ts'

/** In bytes of resident memory, and of what the garbage collector holds. */
export interface Cost {
  readonly resident: number
  readonly heap: number
  /** How many there were. */
  readonly count: number
}

/** CPU a move of the same ten games, in microseconds, among few and among many live games. */
interface GameWork {
  readonly few: number
  readonly many: number
  /** How many the many are. */
  readonly count: number
}

export interface GameCosts {
  readonly live: Cost
  readonly work: GameWork
  /** What is left once every game is over or idle for long enough. Not measured in a quick run. */
  readonly gone?: Cost
}

/** Connections that the server has seen before anything is counted. */
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

/** `floor`: the same for the floor's server, which keeps nothing but sockets. */
export async function measureConnections(setting: Setting, contender: 'floor' | 'oxo-lines'): Promise<Cost> {
  using folder = new JournalFolder(setting.machine.folder)
  const args = serverArgs(contender, folder.file)
  await using server = await ServerProcess.start({ pin: [], args, probe: true })
  const links = new Links(server.port, fail)
  const total = Math.min(connectionsWanted, setting.machine.filesMax - filesReserved)
  const open = async (count: number): Promise<void> => {
    for (let opened = 0; opened < count; opened++)
      await (contender === 'floor' ? openLines(links, () => {}) : openGreeted(links))
  }
  await open(warmConnections)
  const before = await server.memory()
  await open(total - warmConnections)
  const after = await server.memory()
  links.close()
  return costBetween(before, after, total - warmConnections)
}

async function openGreeted(links: Links): Promise<Wire> {
  const greeted = Promise.withResolvers<void>()
  const wire = await openLines(links, () => greeted.resolve())
  wire.send('{"jsonrpc":"2.0","id":1,"method":"hello","params":{}}')
  await greeted.promise
  return wire
}

/** For each connection: fewer than it may have in flight, and may watch. */
const gamesAtOnce = 250
const gamesEach = 3
const connectionsAtOnce = 20
/** All games are made, and moves among them measured, before the first of them is idle for long enough to leave. */
const makingMs = limits.idleGameMs / 5
const activeGames = 10
/** At most. */
const workRounds = 5

/** @param most Games that are measured, at most as many as a slow machine makes in time; as many are made before them. */
export async function measureGames(setting: Setting, most: number): Promise<GameCosts> {
  using fewFolder = new JournalFolder(setting.machine.folder)
  using manyFolder = new JournalFolder(setting.machine.folder)
  await using few = await startPinned(setting, fewFolder)
  await using many = await startPinned(setting, manyFolder)
  const play = (server: ServerProcess, seconds: number): Promise<number> => measureWork(setting, server, seconds)
  for (const server of [few, many]) await play(server, setting.warmUpSeconds)
  const begun = performance.now()
  // What the first games make grow once, pages and generations of the collector, is not the cost of a game.
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
  setting.say(`waiting ${limits.idleGameMs / 1_000} s for idle games to leave memory`)
  await pause(limits.idleGameMs * 1.25)
  return { ...costs, gone: costBetween(before, await many.memory(), games) }
}

function startPinned({ machine }: Setting, folder: JournalFolder): Promise<ServerProcess> {
  return ServerProcess.start({ pin: machine.pinServer, args: oxoArgs(folder.file), probe: true })
}

/** Fresh connections for every few thousand games, closed again: games without anybody connected. Resolves with their number. */
async function createGames(port: number, most: number): Promise<number> {
  const pairs = (connectionsAtOnce / 2) * gamesAtOnce
  const until = performance.now() + makingMs
  let made = 0
  for (; made < most && performance.now() < until; made += pairs * gamesEach) {
    const links = new Links(port, fail)
    const loop = new Loop(pairs, { begin() {}, end() {}, beginSetUp() {}, endSetUp() {} })
    loop.drive(await openOxo((hear) => openJoinedLines(links, hear), connectionsAtOnce, loop))
    await loop.prepare(gamesEach)
    links.close()
  }
  return made
}

async function measureWork(setting: Setting, server: ServerProcess, seconds: number): Promise<number> {
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
