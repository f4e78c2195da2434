/** What every node bus must do, as checks that run under any test runner. */
import { systemClock } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from './node-bus.ts'

/** Three nodes that reach each other, and the means to disturb that. */
export interface NodeBusStand {
  readonly nodes: readonly [NodeBus, NodeBus, NodeBus]
  /** Sends bytes that are from no node, to all or to one. */
  readonly intrude: (bytes: Uint8Array, to?: string) => void
  /** Disconnects the first node from all others; it notices. */
  readonly cut: () => Promise<void>
  readonly reconnect: () => Promise<void>
}

export interface NodeBusCheck {
  readonly title: string
  /** Takes a stand of its own, which the caller closes. Rejects and says what was expected if the bus is wrong. */
  readonly run: (stand: NodeBusStand) => Promise<void>
}

/** How long delivery may take, and how long to wait for a text that must not arrive, in ms. */
const deliveryMs = 3_000
const quietMs = 60

function claim(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

/** Records the texts that a node receives. */
class Recorder {
  readonly texts: string[] = []
  readonly subscription: BusSubscription

  constructor(exchange: NodeBus) {
    this.subscription = exchange.hear((text) => this.texts.push(text))
  }

  async heard(texts: readonly string[], what: string): Promise<void> {
    const late = systemClock.now() + deliveryMs
    while (this.texts.length < texts.length && systemClock.now() < late) await pass(1)
    await pass(quietMs / 4)
    const [received, expected] = [this.texts, texts].map((each) => JSON.stringify(each).slice(0, 200))
    claim(JSON.stringify(this.texts) === JSON.stringify(texts), `${what}: expected ${expected}, received ${received}`)
  }
}

/** Subscribes to each node. Resolves once all of them receive. */
async function listen({ nodes }: NodeBusStand): Promise<readonly [Recorder, Recorder, Recorder]> {
  const recorders = [new Recorder(nodes[0]), new Recorder(nodes[1]), new Recorder(nodes[2])] as const
  await connect(nodes, recorders)
  return recorders
}

const greeting = 'here is '

/** Resolves when each node receives from each other; the texts sent for that are removed from the recordings. */
async function connect(nodes: readonly NodeBus[], recorders: readonly Recorder[]): Promise<void> {
  const late = systemClock.now() + deliveryMs
  const isHeard = (recorder: Recorder, index: number): boolean =>
    nodes.every((_, other) => other === index || recorder.texts.includes(greeting + other))
  while (!recorders.every(isHeard)) {
    claim(systemClock.now() < late, 'the nodes do not receive from each other')
    for (const [index, node] of nodes.entries()) node.tell(greeting + index)
    await pass(10)
  }
  await pass(quietMs)
  for (const { texts } of recorders) texts.splice(0, Infinity, ...texts.filter((text) => !text.startsWith(greeting)))
}

/** Texts that nodes may send: none has a special meaning on the bus. */
const texts: readonly string[] = [
  '',
  ' ',
  'ask',
  '"ask"',
  'null',
  '0',
  '{}',
  '[]',
  '{"a":[1,"x y",{"b":null}]}',
  'no JSON {',
  ' a  b ',
  'line\nline\r\n',
  '\u0000',
  'žluťoučký 漢字 🎲',
  'x'.repeat(60_000),
]

export const nodeBusContract: readonly NodeBusCheck[] = [
  {
    title: 'every other node receives each text once and in order, and the sender does not receive it',
    async run(stand) {
      const [one, two, three] = await listen(stand)
      const sent = Array.from({ length: 100 }, (_, index) => `${index}`)
      for (const text of sent) stand.nodes[0].tell(text)
      await two.heard(sent, 'the second')
      await three.heard(sent, 'the third')
      await one.heard([], 'the sender')
    },
  },
  {
    title: 'a text to one node is received by that node only',
    async run(stand) {
      const [one, two, three] = await listen(stand)
      stand.nodes[0].tell('for you', stand.nodes[2].node)
      stand.nodes[0].tell('for nobody', 'nobody')
      await three.heard(['for you'], 'the receiver')
      await pass(quietMs)
      await two.heard([], 'another')
      await one.heard([], 'the sender')
    },
  },
  {
    title: 'any text arrives as it is',
    async run(stand) {
      const [, two, three] = await listen(stand)
      for (const text of texts) stand.nodes[0].tell(text)
      await two.heard(texts, 'sent to all')
      for (const text of texts) stand.nodes[1].tell(text, stand.nodes[2].node)
      await three.heard([...texts, ...texts], 'sent to one')
    },
  },
  {
    title: 'a closed subscription receives nothing more, and others still do',
    async run(stand) {
      const [, two, three] = await listen(stand)
      two.subscription.close()
      two.subscription.close()
      stand.nodes[0].tell('still here')
      stand.nodes[0].tell('still there', stand.nodes[1].node)
      await three.heard(['still here'], 'another')
      await pass(quietMs)
      await two.heard([], 'the closed one')
    },
  },
  {
    title: 'while a node is disconnected nothing arrives, nor later; afterwards all is as before',
    async run(stand) {
      const recorders = await listen(stand)
      const [one, two] = recorders
      await stand.cut()
      stand.nodes[0].tell('from afar')
      stand.nodes[0].tell('from afar to one', stand.nodes[1].node)
      stand.nodes[1].tell('to afar')
      await pass(quietMs)
      await stand.reconnect()
      await pass(quietMs)
      await connect(stand.nodes, recorders)
      await two.heard([], 'another, of texts sent while disconnected')
      await one.heard([], 'the disconnected node')
      stand.nodes[0].tell('back')
      await two.heard(['back'], 'of the reconnected node')
      stand.nodes[1].tell('welcome', stand.nodes[0].node)
      await one.heard(['welcome'], 'the reconnected node')
    },
  },
  {
    title: 'bytes from anything but a node harm no node',
    async run(stand) {
      const [, two] = await listen(stand)
      const bytes = [[], [0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80], Array.from({ length: 256 }, (_, byte) => byte)]
      for (const each of bytes) {
        stand.intrude(Uint8Array.from(each))
        stand.intrude(Uint8Array.from(each), stand.nodes[1].node)
      }
      stand.intrude(Uint8Array.from('a stranger', (character) => character.charCodeAt(0)))
      await pass(quietMs)
      two.texts.length = 0
      stand.nodes[0].tell('as before')
      await two.heard(['as before'], 'the second')
    },
  },
]
