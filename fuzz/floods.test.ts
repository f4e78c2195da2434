/** Floods: whatever one attacker or a thousand do, others play on: p99 at most three times that of a quiet server. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { record } from '../e2e/lib/record.ts'
import { ServerProcess } from '../e2e/server-process.ts'
import { percentile, play, visit } from './lib/players.ts'

/** What each attack does, for people. */
const attacks = {
  text: 'lines of text that are no command, as fast as they are taken',
  broken: 'JSON that is none, as fast as it is taken',
  discover: 'requests for the longest answer there is',
  websocket: 'frames, as fast as they are taken',
  pings: 'WebSocket pings, as fast as they are taken',
  http: 'pipelined HTTP requests, as fast as they are taken',
  visits: '60 HTTP connections, each asking again as soon as it is answered, half of them on a new one each time',
  watchers: '1,000 watchers of a game with 20 moves a second',
  stalled: '1,000 watchers who asked for a megabyte each and do not read',
} as const

const playMs = 1_500
const roundsMax = 3
/** As many times as much as on a quiet server, in the same run. */
const timesMax = 3
/** Below this nobody notices, whatever the quiet server did. */
const unnoticedMs = 5
/** Somebody new is served within this. */
const visitMsMax = 100

interface Round {
  readonly quietMs: number
  readonly attackedMs: number
  readonly visitMs: number
}

const serve = ['src/cli/main.ts', 'serve', '--port', '0', '--journal', 'memory', '--no-pages', '--log-level', 'silent']

async function attack(kind: string, server: ServerProcess): Promise<Round> {
  const quietMs = percentile(await play(server, playMs), 99)
  const attacker = spawn(process.execPath, ['fuzz/attacker.ts', kind, `${server.port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(attacker.stdout, 'data')
    // What is loaded and compiled for a door's first guests happens once.
    await play(server, playMs / 3)
    const attackedMs = percentile(await play(server, playMs), 99)
    const visits = [await visit(server), await visit(server), await visit(server)]
    return { quietMs, attackedMs, visitMs: Math.min(...visits) }
  } finally {
    await kill(attacker)
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

function isGood({ quietMs, attackedMs, visitMs }: Round): boolean {
  return attackedMs <= Math.max(unnoticedMs, timesMax * quietMs) && visitMs <= visitMsMax
}

/** Rounds until one is good, for other programs of the machine are no attack; all of them are shown. */
async function tryRounds(
  t: TestContext,
  kind: string,
  command: readonly string[],
  rounds = roundsMax,
): Promise<Round | null> {
  for (let round = 1; round <= rounds; round++) {
    await using server = await ServerProcess.start(command)
    await play(server, playMs / 3)
    const result = await attack(kind, server)
    t.diagnostic(`${kind}, round ${round}: ${tell(result)}, ${residentMib(server)} MiB resident`)
    if (isGood(result)) return result
  }
  return null
}

function tell({ quietMs, attackedMs, visitMs }: Round): string {
  return `p99 ${quietMs.toFixed(1)} ms quiet, ${attackedMs.toFixed(1)} ms attacked, somebody new in ${visitMs.toFixed(1)} ms`
}

function residentMib({ pid }: ServerProcess): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

const told: string[] = []

for (const [kind, about] of Object.entries(attacks))
  test(`[W23] ${about}: others play on`, async (t) => {
    const good = await tryRounds(t, kind, serve)
    assert.ok(good !== null, `in none of ${roundsMax} rounds`)
    told.push(`${kind} ${good.quietMs.toFixed(1)} → ${good.attackedMs.toFixed(1)} ms`)
    record('floods', {
      promise: `whatever one or a thousand do: others' p99 at most ${timesMax} × quiet (or ${unnoticedMs} ms), somebody new within ${visitMsMax} ms`,
      test: 'fuzz/floods.test.ts',
      figure: told.join('; '),
      command: 'node --test fuzz/floods.test.ts',
    })
  })

test('a server that works a millisecond for each line it does not understand is caught', async (t) => {
  assert.equal(await tryRounds(t, 'text', ['fuzz/slow-server.ts'], 1), null)
  record('floods', {
    planted: 'a millisecond of work for each line that is no command',
    caughtAfter: '1 round',
  })
})
