/** One thread, one loop, one port; and the same port again after a stop. */
import { holdingClock, sleep } from '../../base/index.ts'
import { describeAnswer } from '../submission/answer.ts'
import type { SubmissionConnection } from '../submission/connection.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { SubmissionMistake } from '../submission/mistake.ts'
import {
  cpuMsOf,
  hasProc,
  isGoProgram,
  listListeners,
  memoryMib,
  programName,
  threadNames,
} from '../submission/processes.ts'
import { type GradingCheck, isRefused, notChecked, playAll } from './check.ts'

function needProcess(server: GradedServer): void {
  if (!server.isOwn) notChecked('the grader did not start the server')
  if (!hasProc) notChecked('this system does not say what its processes do (it needs /proc of Linux)')
}

/** Runtimes that have threads of their own. */
const managed = /^(?:java|node|bun|deno|dotnet|mono(?:-sgen)?|beam\.smp|ruby.*|erlexec)$/
/** Names of threads that a Java program makes. */
const ownThread = /^(?:Thread-\d+|pool-\d+-thread|ForkJoinPool)/

/** The threads of the process that accepts the connections. */
function serverThreads(server: GradedServer): { readonly count: number; readonly own: number } {
  const names = threadNames(acceptingPid(server))
  return { count: names.length, own: names.filter((name) => ownThread.test(name)).length }
}

/** Whether a runtime with a garbage collector and threads of its own runs the server. */
export function isManaged(server: GradedServer): boolean {
  const pid = acceptingPid(server)
  return managed.test(programName(pid)) || isGoProgram(pid)
}

function acceptingPid({ process: { pids } }: GradedServer): number {
  return listListeners(pids)[0]?.pid ?? pids[0] ?? 0
}

const visitors = 8

const settleMs = 200

/** Looks at a new server with one game, and again while some more connections are open. */
async function compareWithVisitors<Seen>(
  server: GradedServer,
  look: () => Seen,
): Promise<{ readonly before: Seen; readonly during: Seen }> {
  needProcess(server)
  await server.stop()
  await playAll(server, await server.newGame(), [4])
  const before = look()
  const visiting: SubmissionConnection[] = []
  for (let index = 0; index < visitors; index++) {
    const visitor = await server.visit(`${index + 1}`)
    if (visitor === null) break
    visiting.push(visitor)
  }
  await sleep(holdingClock, settleMs)
  const during = look()
  for (const connection of visiting) connection.close()
  return { before, during }
}

const oneThread: GradingCheck = {
  id: 'one-thread',
  group: 'process',
  points: 4,
  title: 'All clients are served by one thread',
  hint: 'The assignment asks for one loop that waits for all connections at once, not for a thread for each of them.',
  disturbs: true,
  async run({ server }) {
    const { before, during } = await compareWithVisitors(server, () => serverThreads(server))
    if (during.count >= before.count + visitors / 2)
      throw new SubmissionMistake(
        `the server had ${before.count} threads, and ${during.count} with ${visitors} more connections: it makes a thread for each of them`,
      )
    if (during.own > 0) throw new SubmissionMistake(`the server has ${during.own} threads beside those of Java`)
    if (!isManaged(server) && before.count > 1) throw new SubmissionMistake(`the server has ${before.count} threads`)
  },
}

const noChildren: GradingCheck = {
  id: 'no-child-processes',
  group: 'process',
  points: 2,
  title: 'No process is started for a client',
  hint: 'The assignment asks for one loop in one process, not for a fork for each client.',
  disturbs: true,
  async run({ server }) {
    const { before, during } = await compareWithVisitors(server, () => server.process.pids.length)
    if (during > before)
      throw new SubmissionMistake(`the server had ${before} processes, and ${during} with ${visitors} more connections`)
  },
}

const onePort: GradingCheck = {
  id: 'one-port',
  group: 'process',
  points: 2,
  title: 'The server listens on one port',
  hint: 'One listening socket serves all clients, the second player too.',
  async run({ server }) {
    needProcess(server)
    await playAll(server, await server.newGame(), [4])
    const ports = [...new Set(listListeners(server.process.pids).map(({ port }) => port))]
    if (ports.length > 1)
      throw new SubmissionMistake(
        `the server listens on ${ports.length} ports: ${ports.toSorted((a, b) => a - b).join(', ')}`,
      )
  },
}

const idleMs = 1_000
/** One quiet round is enough: a runtime may compile or collect garbage in the others. */
const idleRounds = 3
const idleShareMax = 0.05
/** What a runtime may still compile after the first requests, in ms. */
const warmMs = 300

const idleCpu: GradingCheck = {
  id: 'idle-cpu',
  group: 'process',
  points: 3,
  title: 'A server that has nothing to do uses no processor time',
  hint: 'Wait in select, poll or the selector without a timeout of zero. A loop that asks again and again is a busy loop.',
  async run({ server }) {
    needProcess(server)
    await playAll(server, await server.newGame(), [4])
    await sleep(holdingClock, warmMs)
    const { pids } = server.process
    for (let round = 0; round < idleRounds; round++) {
      const before = cpuMsOf(pids)
      await sleep(holdingClock, idleMs)
      if (cpuMsOf(pids) - before <= idleShareMax * idleMs) return
    }
    throw new SubmissionMistake(
      `the idle server used more than ${idleShareMax * 100} % of a processor for three seconds: it is a busy loop`,
    )
  },
}

const requests = 10_000
/** The time for a part of them, in ms. */
const spendMs = 14_000
/** Growth of memory, in MiB: a runtime with a garbage collector keeps more. */
const growthMibMax = { plain: 24, managed: 96 } as const

const memory: GradingCheck = {
  id: 'memory',
  group: 'process',
  points: 2,
  title: `Memory does not grow over ${requests.toLocaleString('en')} requests`,
  hint: 'Something is kept for each request: a list that only grows, a connection that is never forgotten, a malloc without a free.',
  disturbs: true,
  async run({ server }) {
    needProcess(server)
    if (server.codec.silenceMs > 0 || server.description.newGame === 'restart')
      notChecked('so many requests would take too long')
    await server.stop()
    await spend(server, requests / 4)
    const before = memoryMib(server.process.pids)
    await spend(server, (requests * 3) / 4)
    const after = memoryMib(server.process.pids)
    const most = growthMibMax[isManaged(server) ? 'managed' : 'plain']
    if (after - before > most)
      throw new SubmissionMistake(`the server grew by more than ${most} MiB over ${(requests * 3) / 4} requests`)
  },
}

/** Plays games until `count` requests were answered. */
async function spend(server: GradedServer, count: number): Promise<void> {
  const end = holdingClock.now() + spendMs
  for (let left = count; left > 0;) {
    if (holdingClock.now() > end) notChecked('the server answers so slowly that so many requests would take too long')
    const game = await server.newGame()
    left--
    for (const cell of [0, 4, 8, 2, 6, 3, 5, 1]) left -= await spendOnce(server, game, cell)
  }
}

/** A move, and moves to the cell that is taken now, which must not be kept either. Returns the number of requests. */
async function spendOnce(server: GradedServer, game: GradedGame, cell: number): Promise<number> {
  const { answer, what } = await game.play(cell)
  if (isRefused(answer))
    throw server.explain(`after many requests, the legal move of ${what} was answered by ${describeAnswer(answer)}`)
  const again = server.description.connect === 'move' ? 0 : 4
  for (let count = 0; count < again; count++) await game.move(game.position.turn ?? 'X', cell)
  return 1 + again
}

const endMs = 2_000
/** The time until it listens again, in ms; it includes the start of a runtime. */
const listenMs = 4_000

const isInUse = (cause: unknown): boolean => /in use|EADDRINUSE/i.test(String(cause))

function restartCheck(signal: 'SIGTERM' | 'SIGKILL', points: number): GradingCheck {
  return {
    id: `after-${signal.toLowerCase()}`,
    group: 'restarts',
    points,
    title: `After ${signal} the server ends within ${endMs / 1_000} s, and can listen on the same port within ${listenMs / 1_000} s`,
    hint: 'Set SO_REUSEADDR before bind: without it the port stays taken for a minute after connections were open. The server must also end when it is asked to.',
    disturbs: true,
    async run({ server }) {
      if (!server.isOwn) notChecked('the grader did not start the server')
      const game = await server.newGame().catch((cause: unknown) => {
        if (isInUse(cause)) notChecked('its port is still in use after the check before')
        throw cause
      })
      await playAll(server, game, [4])
      const { port } = server.address
      const visitor = await server.visit('visitor')
      await sleep(holdingClock, settleMs)
      const hasEnded = await server.process.stop(signal, endMs)
      if (!hasEnded) throw new SubmissionMistake(`the server did not end within ${endMs / 1_000} s after ${signal}`)
      // The server has closed these connections first, which keeps its port in use.
      for (const connection of [visitor, ...Object.values(game.players ?? {})]) {
        await connection?.ended(settleMs)
        connection?.leave()
      }
      await sleep(holdingClock, 10)
      const began = holdingClock.now()
      await server.start(port).catch((cause: unknown) => {
        throw new SubmissionMistake(
          `after ${signal} the server could not start again on port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`,
        )
      })
      const tookMs = holdingClock.now() - began
      await playAll(server, await server.newGame(), [4])
      if (tookMs > listenMs)
        throw new SubmissionMistake(`after ${signal} the server needed more than ${listenMs / 1_000} s to listen again`)
    },
  }
}

export const processChecks: readonly GradingCheck[] = [
  oneThread,
  noChildren,
  onePort,
  idleCpu,
  memory,
  restartCheck('SIGTERM', 2),
  restartCheck('SIGKILL', 2),
]
