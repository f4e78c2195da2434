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
/** All games have to be made, and moves among them measured, before the first of them is idle for long enough to leave. */
const connectionsAtOnce = 20
const activeGames = 10
const workRounds = 5

/** @param games Those that are measured; as many are made before them. */
export async function measureGames(setting: Setting, games: number): Promise<GameCosts> {
  using fewFolder = new JournalFolder(setting.machine.folder)
  using manyFolder = new JournalFolder(setting.machine.folder)
  await using few = await startPinned(setting, fewFolder)
  await using many = await startPinned(setting, manyFolder)
  const play = (server: ServerProcess, seconds: number): Promise<number> => measureWork(setting, server, seconds)
  for (const server of [few, many]) await play(server, setting.warmUpSeconds)
  const begun = performance.now()
  // What the first games make grow once, pages and generations of the collector, is not the cost of a game.
  await createGames(many.port, games)
  const before = await many.memory()
  await createGames(many.port, games)
  const after = await many.memory()
  const work: { readonly few: number; readonly many: number }[] = []
  for (let round = 0; round < workRounds; round++) work.push({ few: await play(few, 1), many: await play(many, 1) })
  if (performance.now() - begun > limits.idleGameMs) throw new Error('games left memory while they were measured')
  const costs = {
    live: costBetween(before, after, games),
    work: { few: median(work.map((round) => round.few)), many: median(work.map((round) => round.many)) },
  }
  if (setting.isQuick) return costs
  setting.say(`waiting ${limits.idleGameMs / 1_000} s for idle games to leave memory`)
  await pause(limits.idleGameMs * 1.25)
  return { ...costs, gone: costBetween(before, await many.memory(), games) }
}

function startPinned({ machine }: Setting, folder: JournalFolder): Promise<ServerProcess> {
  return ServerProcess.start({ pin: machine.pinServer, args: oxoArgs(folder.file), probe: true })
}

/** Fresh connections for every few thousand games, closed again: games without anybody connected. */
async function createGames(port: number, games: number): Promise<void> {
  const pairs = (connectionsAtOnce / 2) * gamesAtOnce
  for (let made = 0; made < games; made += pairs * gamesEach) {
    const links = new Links(port, fail)
    const loop = new Loop(pairs, { begin() {}, end() {} })
    loop.drive(await openOxo((hear) => openJoinedLines(links, hear), connectionsAtOnce, loop, gamesEach))
    await loop.prepare(gamesEach)
    links.close()
  }
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
