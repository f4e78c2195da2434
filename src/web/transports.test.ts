/** Checks the transports of the page against the contract: the one that waits for its turn, and the worker thread. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openTransportStand } from '../../e2e/lib/transport-stand.ts'
import { transportContract, type TransportPeer, type TransportStand } from '../client/transport-contract.ts'
import { dialInTurn } from './shell/first-contact.ts'
import { dialThread } from './local/thread.ts'

for (const { title, run } of transportContract) {
  test(`in turn: ${title}`, async (t) => run(await openTransportStand(t, 'ws', dialInTurn)))
  test(`in turn, in a page without locks: ${title}`, async (t) => {
    const { locks } = navigator
    Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
    t.after(() => Object.defineProperty(navigator, 'locks', { value: locks, configurable: true }))
    await run(await openTransportStand(t, 'ws', dialInTurn))
  })
  test(`thread: ${title}`, (t) => run(openThread(t)))
}

/** A worker in its worst case: messages arrive even after it was terminated. */
class Thread {
  static started: Thread[] = []
  onmessage: ((event: { readonly data: string }) => void) | null = null
  onerror: (() => void) | null = null
  readonly heard: string[] = []
  isTerminated = false

  constructor() {
    Thread.started.push(this)
  }

  postMessage(message: string): void {
    if (!this.isTerminated) this.heard.push(message)
  }

  terminate(): void {
    this.isTerminated = true
  }

  say(message: string): void {
    setImmediate(() => this.onmessage?.({ data: message }))
  }

  fail(): void {
    setImmediate(() => {
      this.onerror?.()
      this.onmessage?.({ data: 'what is said after an error' })
      this.onerror?.()
    })
  }
}

function openThread(t: TestContext): TransportStand {
  Thread.started = []
  const { Worker: own } = globalThis
  Object.assign(globalThis, { Worker: Thread })
  t.after(() => Object.assign(globalThis, { Worker: own }))
  return {
    dial: dialThread,
    url: new URL('ws://page'),
    async peer() {
      const thread = Thread.started[0] ?? assert.fail('no thread was started')
      const peer: TransportPeer = {
        heard: thread.heard,
        get isOver() {
          return thread.isTerminated
        },
        say: (...messages) => {
          for (const message of messages) thread.say(message)
        },
        end: () => thread.fail(),
        cut: () => thread.fail(),
      }
      return peer
    },
    connections: () => Thread.started.filter(({ isTerminated }) => !isTerminated).length,
    settle: () => new Promise((resolve) => void setImmediate(resolve)),
  }
}
