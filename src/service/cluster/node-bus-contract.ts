/** What every exchange must do, as checks that run under any test runner. */
import { systemClock } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from './node-bus.ts'

/** Three nodes that reach each other, and who may disturb that. */
export interface NodeBusStand {
  readonly nodes: readonly [NodeBus, NodeBus, NodeBus]
  /** Somebody who is no node says something to all, or to one. */
  readonly intrude: (bytes: Uint8Array, to?: string) => void
  /** The first node reaches nobody from now on, and knows it. */
  readonly cut: () => Promise<void>
  readonly reconnect: () => Promise<void>
}

export interface NodeBusCheck {
  readonly title: string
  /** Takes a stage of its own, which stays its maker's to close. Rejects, saying what was expected, if it is wrong. */
  readonly run: (stage: NodeBusStand) => Promise<void>
}

/** How long what is told may take, and how long a text that must not come is waited for, in ms. */
const patienceMs = 3_000
const quietMs = 60

function claim(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

/** One that keeps what it hears. */
class Ear {
  readonly texts: string[] = []
  readonly hearing: BusSubscription

  constructor(exchange: NodeBus) {
    this.hearing = exchange.hear((text) => this.texts.push(text))
  }

  async heard(texts: readonly string[], what: string): Promise<void> {
    const late = systemClock.now() + patienceMs
    while (this.texts.length < texts.length && systemClock.now() < late) await pass(1)
    await pass(quietMs / 4)
    const [is, ought] = [this.texts, texts].map((each) => JSON.stringify(each).slice(0, 200))
    claim(JSON.stringify(this.texts) === JSON.stringify(texts), `${what}: expected ${ought}, heard ${is}`)
  }
}

/** Each node with one that hears, once all of them do. */
async function listen({ nodes }: NodeBusStand): Promise<readonly [Ear, Ear, Ear]> {
  const ears = [new Ear(nodes[0]), new Ear(nodes[1]), new Ear(nodes[2])] as const
  await connect(nodes, ears)
  return ears
}

const greeting = 'here is '

/** Resolves when each is heard by each other; what was told for it is forgotten. */
async function connect(nodes: readonly NodeBus[], ears: readonly Ear[]): Promise<void> {
  const late = systemClock.now() + patienceMs
  const isHeard = (ear: Ear, index: number): boolean =>
    nodes.every((_, other) => other === index || ear.texts.includes(greeting + other))
  while (!ears.every(isHeard)) {
    claim(systemClock.now() < late, 'the nodes do not hear each other')
    for (const [index, node] of nodes.entries()) node.tell(greeting + index)
    await pass(10)
  }
  await pass(quietMs)
  for (const { texts } of ears) texts.splice(0, Infinity, ...texts.filter((text) => !text.startsWith(greeting)))
}

/** What nodes may ever tell: nothing is special in an exchange. */
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
    title: 'what a node tells every other hears, once and in order, and it does not hear itself',
    async run(stage) {
      const [one, two, three] = await listen(stage)
      const told = Array.from({ length: 100 }, (_, index) => `${index}`)
      for (const text of told) stage.nodes[0].tell(text)
      await two.heard(told, 'the second')
      await three.heard(told, 'the third')
      await one.heard([], 'the one that told')
    },
  },
  {
    title: 'what is told to one, only that one hears',
    async run(stage) {
      const [one, two, three] = await listen(stage)
      stage.nodes[0].tell('for you', stage.nodes[2].node)
      stage.nodes[0].tell('for nobody', 'nobody')
      await three.heard(['for you'], 'who was meant')
      await pass(quietMs)
      await two.heard([], 'another')
      await one.heard([], 'who told')
    },
  },
  {
    title: 'any text arrives as it is',
    async run(stage) {
      const [, two, three] = await listen(stage)
      for (const text of texts) stage.nodes[0].tell(text)
      await two.heard(texts, 'told to all')
      for (const text of texts) stage.nodes[1].tell(text, stage.nodes[2].node)
      await three.heard([...texts, ...texts], 'told to one')
    },
  },
  {
    title: 'a node that has closed hears nothing more, and others still do',
    async run(stage) {
      const [, two, three] = await listen(stage)
      two.hearing.close()
      two.hearing.close()
      stage.nodes[0].tell('still here')
      stage.nodes[0].tell('still there', stage.nodes[1].node)
      await three.heard(['still here'], 'another')
      await pass(quietMs)
      await two.heard([], 'who has closed')
    },
  },
  {
    title: 'while a node is away nothing arrives, nor later, and afterwards all is as before',
    async run(stage) {
      const ears = await listen(stage)
      const [one, two] = ears
      await stage.cut()
      stage.nodes[0].tell('from afar')
      stage.nodes[0].tell('from afar to one', stage.nodes[1].node)
      stage.nodes[1].tell('to afar')
      await pass(quietMs)
      await stage.reconnect()
      await pass(quietMs)
      await connect(stage.nodes, ears)
      await two.heard([], 'another, of what was told while away')
      await one.heard([], 'who was away')
      stage.nodes[0].tell('back')
      await two.heard(['back'], 'of who is back')
      stage.nodes[1].tell('welcome', stage.nodes[0].node)
      await one.heard(['welcome'], 'who is back')
    },
  },
  {
    title: 'whatever somebody else says there costs nobody anything',
    async run(stage) {
      const [, two] = await listen(stage)
      const bytes = [[], [0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80], Array.from({ length: 256 }, (_, byte) => byte)]
      for (const each of bytes) {
        stage.intrude(Uint8Array.from(each))
        stage.intrude(Uint8Array.from(each), stage.nodes[1].node)
      }
      stage.intrude(Uint8Array.from('a stranger', (character) => character.charCodeAt(0)))
      await pass(quietMs)
      two.texts.length = 0
      stage.nodes[0].tell('as before')
      await two.heard(['as before'], 'the second')
    },
  },
]
