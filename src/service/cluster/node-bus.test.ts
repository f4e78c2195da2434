import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nodeBusContract, type NodeBusStand } from './node-bus-contract.ts'
import { type NodeBus, MemoryNodeBus } from './node-bus.ts'

function makeStand(bend: (right: NodeBus) => NodeBus = (right) => right): NodeBusStand {
  const exchange = new MemoryNodeBus()
  const join = (name: string): NodeBus => bend(exchange.join(name))
  return {
    nodes: [join('n1'), join('n2'), join('n3')],
    intrude: (bytes, to) => exchange.intrude(new TextDecoder().decode(bytes), to),
    cut: async () => exchange.cut('n1'),
    reconnect: async () => exchange.reconnect('n1'),
  }
}

for (const { title, run } of nodeBusContract) test(`[N8] memory: ${title}`, () => run(makeStand()))

/** Node buses with one fault each; one of the faults was in Oxo. */
const faulty: Readonly<Record<string, (right: NodeBus) => NodeBus>> = {
  'passes JSON objects and arrays only': (right) => ({
    ...right,
    hear: (hear) => right.hear((text) => /^[[{]/.test(text) && hear(text)),
  }),
  'delivers a text to its sender': (right) => {
    const own = new Set<(text: string) => void>()
    return {
      ...right,
      tell(text, to) {
        right.tell(text, to)
        if (to === undefined) for (const receive of own) receive(text)
      },
      hear(hear) {
        own.add(hear)
        return right.hear(hear)
      },
    }
  },
  'sends to all what is for one': (right) => ({ ...right, tell: (text) => right.tell(text) }),
  'does not unsubscribe': (right) => ({
    ...right,
    hear(hear) {
      right.hear(hear)
      return { close() {} }
    },
  }),
  'delivers every text twice': (right) => ({
    ...right,
    tell(text, to) {
      right.tell(text, to)
      right.tell(text, to)
    },
  }),
  'loses some texts': (right) => {
    let count = 0
    return { ...right, tell: (text, to) => void (++count % 50 === 0 || right.tell(text, to)) }
  },
  'reverses the order': (right) => {
    let held: string | null = null
    return {
      ...right,
      tell(text, to) {
        if (to !== undefined || !/^\d+$/.test(text)) return right.tell(text, to)
        if (held === null) return void (held = text)
        right.tell(text)
        right.tell(held)
        held = null
      },
    }
  },
  'treats characters as bytes': (right) => ({
    ...right,
    tell: (text, to) => right.tell(Buffer.from(text).toString('latin1'), to),
  }),
  'cuts long texts': (right) => ({ ...right, tell: (text, to) => right.tell(text.slice(0, 50_000), to) }),
  'keeps texts sent while disconnected': (right) => {
    const kept: string[] = []
    return {
      ...right,
      tell(text, to) {
        if (text.startsWith('from afar')) return void kept.push(text)
        for (const old of kept.splice(0)) right.tell(old)
        right.tell(text, to)
      },
    }
  },
}

suite('wrong buses', { concurrency: true }, () => {
  for (const [what, bend] of Object.entries(faulty))
    test(`[N8] the contract fails a bus that ${what}`, async () => {
      const ends = await Promise.allSettled(nodeBusContract.map(({ run }) => run(makeStand(bend))))
      assert.ok(ends.some(({ status }) => status === 'rejected'))
    })
})
