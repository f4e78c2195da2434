/**
 * Floods: whatever one or a thousand attackers do, others can play, and memory stays bounded. `fuzz/floods.ts` runs
 * longer.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import {
  describeFlood,
  flood,
  type Flooded,
  type FloodName,
  floodNames,
  floods,
  isWithinLimits,
  residentMibMax,
  serverFor,
  serverInMemory,
  timesMax,
  visitMsMax,
} from './lib/flood.ts'

/** The length of the first round, in ms; each later round is that much longer, so a short disturbance weighs less. */
const playMs = 500
/** The length of the only round in which a planted server must be noticed, in ms. */
const plantedMs = 1_000
const roundsMax = 6

/**
 * Repeats the flood until a round is within the limits, because other load on the machine adds noise. Returns all
 * rounds.
 */
async function playRounds(t: TestContext, name: FloodName): Promise<readonly Flooded[]> {
  const played: Flooded[] = []
  for (let round = 1; round <= roundsMax; round++) {
    const result = await flood(name, playMs * round, serverFor(name))
    t.diagnostic(`round ${round}: ${describeFlood(result)}`)
    played.push(result)
    if (isWithinLimits(result)) break
  }
  return played
}

/** Whether one round shows that the flood exceeds the limits of this server. */
async function isDetected(
  t: TestContext,
  name: FloodName,
  command: (file: string) => readonly string[],
): Promise<boolean> {
  const result = await flood(name, plantedMs, command)
  t.diagnostic(describeFlood(result))
  return !isWithinLimits(result)
}

const passed: Flooded[] = []

for (const name of floodNames)
  test(`[W23] [S43] ${floods[name]}: others can play`, async (t) => {
    const played = await playRounds(t, name)
    const result = played.find(isWithinLimits)
    assert.ok(result !== undefined, `no round was within the limits: ${played.map(describeFlood).join('; ')}`)
    passed.push(result)
    recordFinding('floods', {
      promise: `whatever one or a thousand do: others' p99 at most ${timesMax} × quiet (or 5 ms), somebody new within ${visitMsMax} ms, below ${residentMibMax} MiB, and one address creates no more games than its rate limit admits`,
      test: 'fuzz/floods.test.ts',
      figure: passed.map(describeFlood).join('; '),
      command: 'node --test fuzz/floods.test.ts',
    })
  })

test('a server that works ten milliseconds for each unknown line is detected', async (t) => {
  assert.ok(await isDetected(t, 'text', () => ['fuzz/slow-server.ts']))
})

test('a server that reads for everybody at once, on its loop, is detected', async (t) => {
  assert.ok(await isDetected(t, 'unread', (file) => ['fuzz/unrationed-server.ts', file]))
})

test('a server without a rate limit per address is detected', async (t) => {
  assert.ok(await isDetected(t, 'thoughts', (file) => serverInMemory(file, '--rate-limit-address', '0')))
  recordFinding('floods', {
    planted: 'ten milliseconds of work for each line that is no command; no rate but that of a connection',
    caughtAfter: '1 round; 1 round',
  })
})
