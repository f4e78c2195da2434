/** Connections with deliberate faults: the contract is only worth something if each fault fails it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyNotification } from '../games/change.ts'
import {
  connectionContract,
  type ConnectionReader,
  type ConnectionStand,
  type SessionStub,
} from './connection-contract.ts'
import type { Connection } from './connection.ts'

/** Each fault, and the message with which the contract fails. */
const faults = {
  'swaps two messages': /^got: expected/,
  'loses messages sent while the session is created': /^three messages: not within/,
  'loses states': /^what was sent: not within/,
  'loses messages for a slow reader': /^got: expected|^messages: expected/,
  'keeps every state for a slow reader': /all \d+ states of a waited/,
  'keeps the oldest state for a slow reader': /^the newest state: not within/,
  'calls waiting callbacks while the reader is slow': /^called while the reader was slow/,
  'calls waiting callbacks twice': /^called: expected/,
  'never calls waiting callbacks': /^calls, and all messages: not within/,
  'forgets waiting callbacks at the end': /^the end: not within/,
  'does not call back after the end': /^a call after the end: not within/,
  'loses queued messages at a close': /^got: expected/,
  'loses states of a slow reader at a close': /^got in the end: expected/,
  'sends after a close': /^got: expected/,
  'receives after a close': /hear, after it was closed/,
  'receives after the end': /hear, after the end/,
  'throws after the end': /what followed threw: Error: it is over/,
  'never reports the end': /^the end: not within/,
  'does not report the end of a client that is gone': /^the end: not within/,
  'treats a half-close as a close': /^heard, and got: expected/,
  'stays open after a half-close': /^the end: not within/,
} as const
type FaultName = keyof typeof faults

/** A connection in memory. Without a fault it is right: messages take a turn to arrive. */
class Line implements Connection {
  readonly protocol = 'lines'
  readonly address = '192.0.2.1'
  readonly reader: ConnectionReader
  readonly #fault: FaultName | undefined
  readonly #session: SessionStub | null
  readonly #got: string[] = []
  #unsent: string[] = []
  readonly #held = new Map<string, string[]>()
  #waiting: (() => void)[] = []
  #isReading = true
  #isClosing = false
  #isOver = false

  constructor(makeSession: (connection: Connection) => SessionStub, fault?: FaultName) {
    this.#fault = fault
    this.reader = this.#makeReader()
    this.#session = null
    this.#session = makeSession(this)
  }

  send(message: string): void {
    if (this.#isOver && this.#fault === 'throws after the end') throw new Error('it is over')
    if (this.#isOver || (this.#isClosing && this.#fault !== 'sends after a close')) return
    if (this.#session === null && this.#fault === 'loses messages sent while the session is created') return
    if (!this.#isReading && this.#fault === 'loses messages for a slow reader' && this.#unsent.length > 200) return
    if (this.#unsent.length === 1 && this.#fault === 'swaps two messages') this.#unsent.unshift(message)
    else this.#unsent.push(message)
    setImmediate(() => this.#flush())
  }

  notify({ key, message }: AnyNotification): void {
    if (this.#fault === 'loses states') return
    if (this.#isReading || this.#unsent.length === 0) return this.send(message)
    const held = this.#held.get(key) ?? []
    if (this.#fault === 'keeps every state for a slow reader') this.#held.set(key, [...held, message])
    else if (this.#fault !== 'keeps the oldest state for a slow reader' || held.length === 0)
      this.#held.set(key, [message])
  }

  whenSent(call: () => void): void {
    if (this.#isOver && this.#fault === 'does not call back after the end') return
    const isSent = this.#unsent.length === 0 || this.#fault === 'calls waiting callbacks while the reader is slow'
    if (this.#isOver || isSent) call()
    else if (this.#fault !== 'never calls waiting callbacks') this.#waiting.push(call)
  }

  close(): void {
    if (this.#isClosing || this.#isOver) return
    this.#isClosing = true
    if (this.#fault === 'loses queued messages at a close') this.#unsent = []
    if (this.#fault === 'loses states of a slow reader at a close') this.#held.clear()
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
          for (const message of messages) this.#receive(message)
        }),
      leave: () => {
        if (this.#fault !== 'does not report the end of a client that is gone') this.#end()
      },
      endHalf: () => {
        if (this.#fault === 'treats a half-close as a close') this.#end()
        else if (this.#fault !== 'stays open after a half-close') setImmediate(() => this.close())
      },
      setReading: (isReading) => {
        this.#isReading = isReading
        if (isReading) this.#flush()
      },
    }
  }

  #receive(message: string): void {
    const mayReceive =
      (!this.#isClosing || this.#fault === 'receives after a close') &&
      (!this.#isOver || this.#fault === 'receives after the end')
    if (mayReceive) this.#session?.hear(message)
  }

  #flush(): void {
    if (!this.#isReading || this.#isOver) return
    this.#got.push(...this.#unsent, ...[...this.#held.values()].flat())
    this.#unsent = []
    this.#held.clear()
    this.#callWaiting()
    if (this.#isClosing && this.#unsent.length === 0) this.#end()
  }

  #callWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const call of waiting) {
      call()
      if (this.#fault === 'calls waiting callbacks twice') call()
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#fault !== 'forgets waiting callbacks at the end') this.#callWaiting()
    if (this.#fault !== 'never reports the end') this.#session?.end()
  }
}

function stand(fault?: FaultName): ConnectionStand {
  return {
    open: async (makeSession) => new Line(makeSession, fault).reader,
    settle: () => new Promise((resolve) => void setImmediate(resolve)),
    // A right one may be slow on a loaded machine; the others never do what is waited for.
    ...(fault === undefined ? {} : { patienceMs: 200 }),
  }
}

test('a right connection passes every check', async () => {
  for (const { run } of connectionContract) await run(stand())
})

for (const [fault, complaint] of Object.entries(faults) as [FaultName, RegExp][])
  test(`the contract fails a connection that ${fault}`, async () => {
    await assert.rejects(
      async () => {
        for (const { run } of connectionContract) await run(stand(fault))
      },
      (cause: unknown) => {
        assert.match(cause instanceof Error ? cause.message : '', complaint)
        return true
      },
    )
  })
