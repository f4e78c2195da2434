/** Tests the contract itself: each of these deliberately wrong transports must fail it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transportContract, type TransportPeer, type TransportStand } from './transport-contract.ts'
import type { Dial, Transport, TransportListener } from './transport.ts'

/** Each planted bug, and the contract's complaint about it. */
const plants = {
  'opens within the dial': /opened, before the dial returned/,
  'opens twice': /opened, a second time/,
  'hears before it has opened': /heard, before opened/,
  'loses an empty message': /what was said: not within|heard: expected/,
  'turns two messages around': /sent: expected/,
  'cuts what is long': /sent: expected \[true/,
  'makes bytes of pieces into characters': /heard: expected \["[^"]*\\"jsonrpc/,
  'keeps only the newest of what is not read': /what had waited: not within/,
  'loses what was sent before a close': /sent: expected/,
  'tells the one who closed it of the end': /closed, after it was closed/,
  'opens after a close': /opened, after it was closed/,
  'leaves a connection that was closed early': /the end of the connection: not within/,
  'tells the rest after a close': /heard, after it was closed/,
  'says the end before what was said': /heard, after the end|heard: expected/,
  'says the end twice': /closed, after the end/,
  'says no end': /the end: not within/,
  'waits for a server that reads nothing': /the end: not within/,
  'throws when it has ended': /it is over/,
  'throws when nobody is there': /nobody is there/,
} as const
type Plant = keyof typeof plants

/** A network in memory, correct without a planted bug; a message takes one turn of the event loop to arrive. */
class Network implements TransportStand {
  readonly url = new URL('tcp://here')
  readonly nowhere = new URL('tcp://nowhere')
  readonly patienceMs: number
  readonly #plant: Plant | undefined
  readonly #lines: Line[] = []

  constructor(plant?: Plant) {
    this.#plant = plant
    // A right one may be slow on a loaded machine; the others never do what is waited for.
    this.patienceMs = plant === undefined ? 5_000 : 200
  }

  readonly dial: Dial = (url, listener) => {
    const line = new Line(listener, url === this.url, this.#plant)
    if (url === this.url) this.#lines.push(line)
    return line
  }

  readonly peer = async (): Promise<TransportPeer> => {
    await this.settle()
    return this.#lines[0]?.peer ?? assert.fail('nobody has dialled')
  }

  readonly connections = (): number => this.#lines.filter(({ isUp }) => isUp).length

  readonly settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
}

class Line implements Transport {
  /** The connection state on the server's side. */
  isUp = true
  readonly peer: TransportPeer
  readonly #listener: TransportListener
  readonly #plant: Plant | undefined
  readonly #heard: string[] = []
  #unread: string[] = []
  #isReading = true
  #isForgetful = false
  #isOpen = false
  #hasHungUp = false
  #isOver = false

  constructor(listener: TransportListener, isThere: boolean, plant?: Plant) {
    this.#listener = listener
    this.#plant = plant
    this.peer = this.#makePeer()
    if (plant === 'opens within the dial') this.#open()
    else setImmediate(() => (isThere ? this.#open() : this.#end('nobody is there')))
  }

  send(message: string): void {
    if (this.#isOver && this.#plant === 'throws when it has ended') throw new Error('it is over')
    if (!this.#isOpen && this.#plant === 'throws when nobody is there') throw new Error('nobody is there')
    if (!this.#isOpen || this.#hasHungUp || this.#isOver) return
    if (message.length > 100_000 && this.#plant === 'cuts what is long') this.#unread.push(message.slice(0, 100_000))
    else if (this.#unread.length === 1 && this.#plant === 'turns two messages around') this.#unread.unshift(message)
    else this.#unread.push(message)
    setImmediate(() => this.#read())
  }

  close(): void {
    if (this.#plant === 'leaves a connection that was closed early' && !this.#isOpen) {
      this.#hasHungUp = true
      return
    }
    this.#hasHungUp = true
    if (this.#plant === 'loses what was sent before a close') this.#unread = []
    setImmediate(() => {
      this.isUp = false
      if (this.#plant === 'tells the one who closed it of the end') this.#listener.closed('closed')
    })
  }

  #makePeer(): TransportPeer {
    const isOver = (): boolean => !this.isUp
    return {
      heard: this.#heard,
      get isOver() {
        return isOver()
      },
      say: (...messages) => void setImmediate(() => this.#tell(messages)),
      sayInPieces: async (message) => this.#tellBytes(Buffer.from(message)),
      end: () => {
        if (this.#plant === 'says the end before what was said') this.#end('over')
        else setImmediate(() => this.#end('over'))
      },
      cut: () => void setImmediate(() => this.#end('cut')),
      setReading: (isReading) => {
        this.#isReading = isReading
        if (isReading) this.#read()
        else if (this.#plant === 'keeps only the newest of what is not read') this.#isForgetful = true
      },
      endHalf: () => {
        if (this.#plant !== 'waits for a server that reads nothing') setImmediate(() => this.#end('half'))
      },
    }
  }

  #read(): void {
    if (!this.#isReading) return
    this.#heard.push(...(this.#isForgetful ? this.#unread.slice(-1) : this.#unread))
    this.#unread = []
  }

  #open(): void {
    if (this.#hasHungUp && this.#plant !== 'opens after a close') return
    if (this.#plant === 'hears before it has opened') this.#listener.heard('')
    this.#isOpen = true
    this.#listener.opened()
    if (this.#plant === 'opens twice') this.#listener.opened()
  }

  #tell(messages: readonly string[]): void {
    for (const message of messages) {
      if (message === '' && this.#plant === 'loses an empty message') continue
      if (!this.#hasHungUp || this.#plant === 'tells the rest after a close') this.#listener.heard(message)
    }
  }

  #tellBytes(bytes: Buffer): void {
    const isWrong = this.#plant === 'makes bytes of pieces into characters'
    this.#tell([isWrong ? [...bytes].map((byte) => Buffer.of(byte).toString()).join('') : bytes.toString()])
  }

  #end(reason: string): void {
    if (this.#isOver || this.#hasHungUp) return
    this.isUp = false
    this.#isOver = true
    if (reason !== 'nobody is there' && this.#plant === 'says no end') return
    this.#listener.closed(reason)
    if (this.#plant === 'says the end twice') this.#listener.closed(reason)
  }
}

test('a correct transport passes every check', async () => {
  for (const { run } of transportContract) await run(new Network())
})

for (const [plant, complaint] of Object.entries(plants) as [Plant, RegExp][])
  test(`the contract fails for a transport that ${plant}`, async () => {
    await assert.rejects(async () => {
      for (const { run } of transportContract) await run(new Network(plant))
    }, complaint)
  })
