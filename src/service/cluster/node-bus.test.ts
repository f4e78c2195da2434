import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nodeBusContract, type NodeBusStand } from './node-bus-contract.ts'
import { type NodeBus, MemoryNodeBus } from './node-bus.ts'

function makeStage(bend: (right: NodeBus) => NodeBus = (right) => right): NodeBusStand {
  const exchange = new MemoryNodeBus()
  const join = (name: string): NodeBus => bend(exchange.join(name))
  return {
    nodes: [join('n1'), join('n2'), join('n3')],
    intrude: (bytes, to) => exchange.intrude(new TextDecoder().decode(bytes), to),
    cut: async () => exchange.cut('n1'),
    reconnect: async () => exchange.reconnect('n1'),
  }
}

for (const { title, run } of nodeBusContract) test(`[N8] memory: ${title}`, () => run(makeStage()))

/** Exchanges that are wrong, each in one way; one of them was Oxo's own. */
const planted: Readonly<Record<string, (right: NodeBus) => NodeBus>> = {
  'lets only objects of JSON through': (right) => ({
    ...right,
    hear: (hear) => right.hear((text) => /^[[{]/.test(text) && hear(text)),
  }),
  'hears itself': (right) => {
    const own = new Set<(text: string) => void>()
    return {
      ...right,
      tell(text, to) {
        right.tell(text, to)
        if (to === undefined) for (const hear of own) hear(text)
      },
      hear(hear) {
        own.add(hear)
        return right.hear(hear)
      },
    }
  },
  'tells all what is for one': (right) => ({ ...right, tell: (text) => right.tell(text) }),
  'does not stop': (right) => ({
    ...right,
    hear(hear) {
      right.hear(hear)
      return { close() {} }
    },
  }),
  'brings everything twice': (right) => ({
    ...right,
    tell(text, to) {
      right.tell(text, to)
      right.tell(text, to)
    },
  }),
  'loses now and then': (right) => {
    let told = 0
    return { ...right, tell: (text, to) => void (++told % 50 === 0 || right.tell(text, to)) }
  },
  'turns the order round': (right) => {
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
  'takes characters for bytes': (right) => ({
    ...right,
    tell: (text, to) => right.tell(Buffer.from(text).toString('latin1'), to),
  }),
  'cuts long texts': (right) => ({ ...right, tell: (text, to) => right.tell(text.slice(0, 50_000), to) }),
  'keeps what was told while away': (right) => {
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

suite('wrong exchanges', { concurrency: true }, () => {
  for (const [what, bend] of Object.entries(planted))
    test(`[N8] one is caught that ${what}`, async () => {
      const ends = await Promise.allSettled(nodeBusContract.map(({ run }) => run(makeStage(bend))))
      assert.ok(ends.some(({ status }) => status === 'rejected'))
    })
})
