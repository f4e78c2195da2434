/** Connections that are wrong on purpose: the contract counts only because each of them turns it red. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionContract, type ConnectionReader, type ConnectionStand } from './connection-contract.ts'
import type { Connection, Talk } from './connection.ts'

/** Each plant, and what the contract says of it. */
const plants = {
  'turns two messages around': /^got: expected/,
  'loses what is sent while the talk is made': /^three messages: not within/,
  'loses states': /^what was sent: not within/,
  'loses messages for a slow reader': /^got: expected|^messages: expected/,
  'keeps every state for a slow reader': /all \d+ states of a waited/,
  'keeps the oldest state for a slow reader': /^the newest state: not within/,
  'calls waiting callbacks while the reader is slow': /^called while the reader was slow/,
  'calls waiting callbacks twice': /^called: expected/,
  'never calls waiting callbacks': /^calls, and all messages: not within/,
  'forgets waiting callbacks at the end': /^the end: not within/,
  'calls nobody after the end': /^a call after the end: not within/,
  'loses what is queued at a close': /^got: expected/,
  'loses states of a slow reader at a close': /^got in the end: expected/,
  'sends after a close': /^got: expected/,
  'hears after a close': /hear, after it was closed/,
  'hears after the end': /hear, after the end/,
  'throws after the end': /what followed threw: Error: it is over/,
  'never says the end': /^the end: not within/,
  'says the end of nobody who is gone': /^the end: not within/,
  'takes one half for both': /^heard, and got: expected/,
  'stays open after one half': /^the end: not within/,
} as const
type Plant = keyof typeof plants

/** A connection in memory, right without a plant: what is sent takes a turn to arrive. */
class Line implements Connection {
  readonly protocol = 'lines'
  readonly address = '192.0.2.1'
  readonly reader: ConnectionReader
  readonly #plant: Plant | undefined
  readonly #talk: Talk | null
  readonly #got: string[] = []
  #unsent: string[] = []
  readonly #held = new Map<string, string[]>()
  #waiting: (() => void)[] = []
  #isReading = true
  #isClosing = false
  #isOver = false

  constructor(makeTalk: (connection: Connection) => Talk, plant?: Plant) {
    this.#plant = plant
    this.reader = this.#makeReader()
    this.#talk = null
    this.#talk = makeTalk(this)
  }

  send(message: string): void {
    if (this.#isOver && this.#plant === 'throws after the end') throw new Error('it is over')
    if (this.#isOver || (this.#isClosing && this.#plant !== 'sends after a close')) return
    if (this.#talk === null && this.#plant === 'loses what is sent while the talk is made') return
    if (!this.#isReading && this.#plant === 'loses messages for a slow reader' && this.#unsent.length > 200) return
    if (this.#unsent.length === 1 && this.#plant === 'turns two messages around') this.#unsent.unshift(message)
    else this.#unsent.push(message)
    setImmediate(() => this.#flush())
  }

  sendNewest(key: string, message: string): void {
    if (this.#plant === 'loses states') return
    if (this.#isReading || this.#unsent.length === 0) return this.send(message)
    const held = this.#held.get(key) ?? []
    if (this.#plant === 'keeps every state for a slow reader') this.#held.set(key, [...held, message])
    else if (this.#plant !== 'keeps the oldest state for a slow reader' || held.length === 0)
      this.#held.set(key, [message])
  }

  whenSent(call: () => void): void {
    if (this.#isOver && this.#plant === 'calls nobody after the end') return
    const isSent = this.#unsent.length === 0 || this.#plant === 'calls waiting callbacks while the reader is slow'
    if (this.#isOver || isSent) call()
    else if (this.#plant !== 'never calls waiting callbacks') this.#waiting.push(call)
  }

  close(): void {
    if (this.#isClosing || this.#isOver) return
    this.#isClosing = true
    if (this.#plant === 'loses what is queued at a close') this.#unsent = []
    if (this.#plant === 'loses states of a slow reader at a close') this.#held.clear()
    setImmediate(() => this.#flush())
  }

  #makeReader(): ConnectionReader {
    const isOver = (): boolean => this.#isOver
    return {
      got: this.#got,
      get isOver() {
        return isOver()
      },
      say: (...messages) =>
        void setImmediate(() => {
          for (const message of messages) this.#hear(message)
        }),
      leave: () => {
        if (this.#plant !== 'says the end of nobody who is gone') this.#end()
      },
      endHalf: () => {
        if (this.#plant === 'takes one half for both') this.#end()
        else if (this.#plant !== 'stays open after one half') setImmediate(() => this.close())
      },
      setReading: (isReading) => {
        this.#isReading = isReading
        if (isReading) this.#flush()
      },
    }
  }

  #hear(message: string): void {
    const mayHear =
      (!this.#isClosing || this.#plant === 'hears after a close') &&
      (!this.#isOver || this.#plant === 'hears after the end')
    if (mayHear) this.#talk?.hear(message)
  }

  #flush(): void {
    if (!this.#isReading || this.#isOver) return
    this.#got.push(...this.#unsent, ...[...this.#held.values()].flat())
    this.#unsent = []
    this.#held.clear()
    this.#tell()
    if (this.#isClosing && this.#unsent.length === 0) this.#end()
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const call of waiting) {
      call()
      if (this.#plant === 'calls waiting callbacks twice') call()
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#plant !== 'forgets waiting callbacks at the end') this.#tell()
    if (this.#plant !== 'never says the end') this.#talk?.end()
  }
}

function stand(plant?: Plant): ConnectionStand {
  return {
    open: async (makeTalk) => new Line(makeTalk, plant).reader,
    settle: () => new Promise((resolve) => void setImmediate(resolve)),
    patienceMs: 50,
  }
}

test('a right connection passes every check', async () => {
  for (const { run } of connectionContract) await run(stand())
})

for (const [plant, complaint] of Object.entries(plants) as [Plant, RegExp][])
  test(`the contract goes red on a connection that ${plant}`, async () => {
    await assert.rejects(
      async () => {
        for (const { run } of connectionContract) await run(stand(plant))
      },
      (cause: unknown) => {
        assert.match(cause instanceof Error ? cause.message : '', complaint)
        return true
      },
    )
  })
