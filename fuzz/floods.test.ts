/** Floods: whatever one attacker or a thousand do, others play on, and memory stays bounded. For minutes, and on a disk: `fuzz/floods.ts`. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { record } from '../e2e/lib/record.ts'
import {
  flood,
  type Flooded,
  type FloodName,
  floodNames,
  floods,
  isBorne,
  residentMibMax,
  serverFor,
  serverInMemory,
  tell,
  timesMax,
  visitMsMax,
} from './lib/flood.ts'

const playMs = 1_000
const roundsMax = 3

/** Rounds until one is borne, for other programs of the machine are no attack; all of them are shown. */
async function tryRounds(
  t: TestContext,
  name: FloodName,
  rounds: number,
  command: (file: string) => readonly string[] = serverFor(name),
) {
  for (let round = 1; round <= rounds; round++) {
    const result = await flood(name, playMs, command)
    t.diagnostic(`round ${round}: ${tell(result)}`)
    if (isBorne(result)) return result
  }
  return null
}

const borne: Flooded[] = []

for (const name of floodNames)
  test(`[W23] [S43] ${floods[name]}: others play on`, async (t) => {
    const result = await tryRounds(t, name, roundsMax)
    assert.ok(result !== null, `in none of ${roundsMax} rounds`)
    borne.push(result)
    record('floods', {
      promise: `whatever one or a thousand do: others' p99 at most ${timesMax} × quiet (or 5 ms), somebody new within ${visitMsMax} ms, below ${residentMibMax} MiB`,
      test: 'fuzz/floods.test.ts',
      figure: borne.map(tell).join('; '),
      command: 'node --test fuzz/floods.test.ts',
    })
  })

test('a server that works a millisecond for each line it does not understand is caught', async (t) => {
  assert.equal(await tryRounds(t, 'text', 1, () => ['fuzz/slow-server.ts']), null)
})

test('a server that reads for everybody at once is caught', async (t) => {
  assert.equal(await tryRounds(t, 'unread', 1, (file) => ['fuzz/unrationed-server.ts', file]), null)
})

test('a server that forgets an address with its connection is caught', async (t) => {
  assert.equal(await tryRounds(t, 'creates', 1, (file) => serverInMemory(file, '--rate-limit-address', '0')), null)
  record('floods', {
    planted: 'a millisecond of work for each line that is no command; no rate but that of a connection',
    caughtAfter: '1 round; 1 round',
  })
})
