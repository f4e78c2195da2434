import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { MemoryNodeBus } from './node-bus.ts'
import { silentMeter } from '../meter.ts'
import { Peers } from './peers.ts'
import { type Bend, Storm } from '../testing/storm.ts'

const seeds = Number(process.env['OXO_STORMS'] ?? 15)

/** Runs a storm with this seed. Returns the first violation; null if there is none. */
async function findFault(seed: number, bend?: Bend): Promise<string | null> {
  const storm = new Storm(seed, bend)
  await storm.rage(40_000)
  await storm.calm(2_000)
  const [falseClaim] = storm.falseClaims
  const [error] = storm.findErrors()
  if (falseClaim !== undefined) return `agreedAt was wrong: ${falseClaim}`
  if (error !== undefined) return `two seconds after the storm: ${error}`
  if (!storm.isAgreed()) return 'two seconds after the storm a node does not know another'
  await storm.calm(35_000)
  if (!storm.isAgreed(true)) return 'the nodes do not agree on the membership'
  return storm.findErrors(true)[0] ?? (storm.ageMs <= 2_100 ? null : `the knowledge of a node is ${storm.ageMs} ms old`)
}

test(`[N5] [N8] in ${seeds} storms all nodes agree two seconds after they reach each other, and know how old their knowledge is`, async () => {
  for (let seed = 1; seed <= seeds; seed++) assert.equal(await findFault(seed), null, `seed ${seed}`)
})

/** Changes the messages of one type. */
function bending(type: string, change: (message: Record<string, unknown>, now: number) => void): Bend {
  return (text, _to, now) => {
    const message = JSON.parse(text) as Record<string, unknown>
    if (message['type'] === type) change(message, now)
    return JSON.stringify(message)
  }
}

/** The first seed that reveals a fault, if it is not among the first ten. */
const lateSeeds: Readonly<Record<string, number>> = {
  'sends a full copy as if it were a list of changes': 95,
}

const planted: Readonly<Record<string, Bend>> = {
  'never asks for what it lacks': (text) => (text.includes('"type":"ask"') ? null : text),
  'does not see a gap': bending('rows', (message) => (message['after'] = 0)),
  'does not announce its version in beats': bending('beat', (message) => (message['version'] = 0)),
  'does not send deletions': bending('rows', (message) => {
    message['rows'] = (message['rows'] as unknown[][]).filter(([, , value]) => value !== null)
  }),
  'sends a full copy as if it were a list of changes': bending('rows', (message) => delete message['whole']),
  'omits the newest row in answers': (text, to) => {
    const message = JSON.parse(text) as { rows?: unknown[] }
    if (to !== undefined) message.rows?.pop()
    return JSON.stringify(message)
  },
  'takes old echoes for new ones': bending('beat', (message) => {
    const heard = message['heard'] as Record<string, number>
    for (const node of Object.keys(heard)) heard[node] = (heard[node] ?? 0) + 4_000
  }),
}

for (const [what, bend] of Object.entries(planted))
  test(`[N8] a storm reveals a node that ${what}`, async () => {
    const first = lateSeeds[what] ?? 1
    for (let seed = first; seed < first + 10; seed++) if ((await findFault(seed, bend)) !== null) return
    assert.fail('not within ten storms')
  })

/** Nodes on one clock, and the messages they send. */
function open() {
  const clock = new VirtualClock()
  const exchange = new MemoryNodeBus()
  const sent: string[] = []
  exchange.join('ear').hear((text) => sent.push(text))
  const join = (name: string): Peers => new Peers(exchange.join(name), clock, silentMeter)
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(50)
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
  }
  return { exchange, sent, join, pass }
}

test('[N8] a node that joins late, or was away for long, gets a full copy in parts', async () => {
  const { exchange, sent, join, pass } = open()
  const [one, two] = [join('n1'), join('n2')]
  const count = 12_000
  const games = Array.from({ length: count }, (_, index) => `game-${index}`)
  await pass(1_000)
  exchange.cut('n2')
  for (const game of games) one.put('here', game, 5)
  await pass(3_000)
  exchange.reconnect('n2')
  await pass(2_000)
  const held = (node: Peers): number => games.filter((game) => node.find('here', game)[0] === 5).length
  assert.equal(held(two), count)
  // More deletions than are remembered.
  exchange.cut('n2')
  for (const game of games.slice(1)) one.put('here', game, null)
  await pass(3_000)
  assert.equal(held(two), count)
  exchange.reconnect('n2')
  const three = join('n3')
  await pass(2_000)
  assert.deepEqual([held(two), held(three)], [1, 1])
  assert.ok(sent.every((text) => text.length < 65_536))
  for (const node of [one, two, three]) node.close()
})

test('[N8] the size of a beat does not depend on the number of rows, and an idle node sends only beats', async () => {
  const { sent, join, pass } = open()
  const nodes = ['n1', 'n2', 'n3'].map(join)
  await pass(3_000)
  const cost = async (): Promise<readonly [messages: number, characters: number]> => {
    sent.length = 0
    await pass(10_000)
    return [sent.length, sent.join('').length]
  }
  const [messages, characters] = await cost()
  for (const [index, node] of nodes.entries())
    for (let game = 0; game < 1_000; game++) node.put('here', `game-${index}-${game}`, 1)
  await pass(2_000)
  const [messagesThen, charactersThen] = await cost()
  assert.equal(messages, 30)
  assert.equal(messagesThen, messages)
  // Only the version and the time have more digits.
  assert.ok(charactersThen <= 1.1 * characters, `${characters} and then ${charactersThen} characters`)
  for (const node of nodes) node.close()
})
