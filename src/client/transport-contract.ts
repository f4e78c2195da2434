/** The contract of every transport, as checks that run under any test runner. */
import { assert, claimEqual, type Settling, until } from '../base/index.ts'
import type { Dial, Transport, TransportListener } from './transport.ts'

/** The server's end of one connection. */
export interface TransportPeer {
  /** The messages received, in order. */
  readonly heard: readonly string[]
  /** The connection has ended: nothing more arrives, and nothing can be sent. */
  readonly isOver: boolean
  /** Sends the messages, as close together as possible. */
  say(...messages: readonly string[]): void
  /** Sends one message a few bytes at a time. Absent if the transport does not carry bytes. */
  sayInPieces?(message: string): Promise<void>
  /** Ends the connection after all messages were sent. */
  end(): void
  /** Ends it abruptly, as a crash does. */
  cut(): void
  /** Stops or resumes reading. Absent if the transport always reads. */
  setReading?(isReading: boolean): void
  /** Ends the server's half of the connection and keeps the other half. Absent if the transport has no half-close. */
  endHalf?(): void
}

export interface TransportStand extends Settling {
  readonly dial: Dial
  /** The server's address. */
  readonly url: URL
  /** An address where no server listens. Absent if there is none. */
  readonly nowhere?: URL
  /** Resolves with the server's end of the first connection, once it exists. */
  readonly peer: () => Promise<TransportPeer>
  /** The number of connections of the server. */
  readonly connections: () => number
}

export interface TransportCheck {
  readonly title: string
  /** Needs a server without connections. Rejects with what it expected if the transport breaks the contract. */
  readonly run: (stand: TransportStand) => Promise<void>
}

/** A message that every transport can carry. */
function makeMessage(id: number, text = ''): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'm', params: { text } })
}

/** What a check does in a listener call. */
type Reactions = { readonly [Name in keyof TransportListener]?: (ear: Ear) => void }

/** Records the events of a transport, and the first violation of the contract in their order. */
class Ear implements TransportListener {
  readonly messages: string[] = []
  readonly #reactions: Reactions
  #transport: Transport | null = null
  #opened = 0
  #closed = 0
  #hasHungUp = false
  #broken: string | null = null

  constructor(reactions: Reactions = {}) {
    this.#reactions = reactions
  }

  dial({ dial, url }: TransportStand, to = url): this {
    this.#transport = dial(to, this)
    return this
  }

  get isOpen(): boolean {
    return this.#opened > 0
  }

  get isOver(): boolean {
    return this.#closed > 0
  }

  send(...messages: readonly string[]): void {
    for (const message of messages) this.#transport?.send(message)
  }

  hangUp(): void {
    this.#hasHungUp = true
    this.#transport?.close()
  }

  /** Asserts that no event so far has violated the contract. */
  claimSound(): void {
    assert(this.#broken === null, `the transport called its listener wrongly: ${this.#broken}`)
  }

  opened(): void {
    this.#hear('opened')
    if (++this.#opened > 1) this.#broken ??= 'opened, a second time'
    this.#answer('opened')
  }

  heard(message: string): void {
    this.#hear('heard')
    if (this.#opened === 0) this.#broken ??= 'heard, before opened'
    this.messages.push(message)
    this.#answer('heard')
  }

  closed(reason: string): void {
    this.#hear('closed')
    if (reason === '') this.#broken ??= 'closed, without a reason'
    this.#closed++
    this.#answer('closed')
  }

  #answer(to: keyof TransportListener): void {
    try {
      this.#reactions[to]?.(this)
    } catch (cause) {
      this.#broken ??= `${to}, and a call in it threw: ${String(cause)}`
    }
  }

  #hear(what: string): void {
    if (this.#transport === null) this.#broken ??= `${what}, before the dial returned`
    if (this.#closed > 0) this.#broken ??= `${what}, after the end`
    if (this.#hasHungUp) this.#broken ??= `${what}, after it was closed`
  }
}

/** Returns a listener and the server's end of its connection. */
async function connect(
  stand: TransportStand,
  reactions?: Reactions,
): Promise<{ readonly ear: Ear; readonly peer: TransportPeer }> {
  const ear = new Ear(reactions).dial(stand)
  const peer = await stand.peer()
  await until(stand, () => ear.isOpen, 'opening')
  ear.claimSound()
  return { ear, peer }
}

export const transportContract: readonly TransportCheck[] = [
  {
    title: 'it opens once, after the dial has returned and before the first message',
    async run(stand) {
      const ear = new Ear().dial(stand)
      const peer = await stand.peer()
      peer.say(makeMessage(1))
      await until(stand, () => ear.messages.length === 1, 'the first message')
      await stand.settle()
      ear.claimSound()
      claimEqual([ear.isOpen, ear.isOver], [true, false], 'open, over')
    },
  },
  {
    title: 'messages arrive whole and in order, in both directions, also an empty one from the server',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      const texts = ['', ' ', 'ä', '🔑', '\u2028', '\\n', '"', '0'.repeat(70_000), '\u0000']
      const said = Array.from({ length: 300 }, (_, index) => makeMessage(index, texts[index % texts.length]))
      const answers = said.flatMap((message, index) => (index % 10 === 0 ? ['', message] : [message]))
      ear.send(...said)
      peer.say(...answers)
      await until(stand, () => peer.heard.length >= said.length, 'what was sent')
      await until(stand, () => ear.messages.length >= answers.length, 'what was said')
      claimEqual(peer.heard, said, 'sent')
      claimEqual(ear.messages, answers, 'heard')
      ear.claimSound()
    },
  },
  {
    title: 'a message of several megabytes arrives, in both directions',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      const long = makeMessage(1, 'xyé'.repeat(700_000))
      ear.send(long, makeMessage(2))
      peer.say(long, makeMessage(3))
      await until(stand, () => peer.heard.length === 2 && ear.messages.length === 2, 'long messages')
      claimEqual([peer.heard[0] === long, peer.heard[1]], [true, makeMessage(2)], 'sent')
      claimEqual([ear.messages[0] === long, ear.messages[1]], [true, makeMessage(3)], 'heard')
    },
  },
  {
    title: 'a message whose bytes arrive in pieces is put together',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      if (peer.sayInPieces === undefined) return
      const messages = [makeMessage(1, 'la clé 🔑 est usée'), makeMessage(2, '€'.repeat(50)), makeMessage(3)]
      for (const message of messages) await peer.sayInPieces(message)
      await until(stand, () => ear.messages.length >= messages.length, 'messages in pieces')
      claimEqual(ear.messages, messages, 'heard')
      ear.claimSound()
    },
  },
  {
    title: 'messages wait while the server does not read, and arrive in order when it does',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      peer.setReading?.(false)
      const said = Array.from({ length: 80 }, (_, index) => makeMessage(index, 'x'.repeat(100_000)))
      for (const message of said) ear.send(message)
      await stand.settle()
      peer.say(makeMessage(0))
      await until(stand, () => ear.messages.length === 1, 'what was said meanwhile')
      peer.setReading?.(true)
      await until(stand, () => peer.heard.length >= said.length, 'what had waited')
      claimEqual(
        peer.heard.map((message) => said.indexOf(message)),
        [...said.keys()],
        'sent',
      )
      ear.claimSound()
    },
  },
  {
    title: 'messages sent before a close arrive, then the end, and the listener is not called again',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      const said = [1, 2, 3].map((id) => makeMessage(id))
      ear.send(...said)
      ear.hangUp()
      ear.hangUp()
      ear.send(makeMessage(4))
      await until(stand, () => peer.isOver, 'the end')
      claimEqual(peer.heard, said, 'sent')
      await stand.settle()
      ear.claimSound()
      await until(stand, () => stand.connections() === 0, 'the end of the connection')
    },
  },
  {
    title: 'a client that closes before the connection has opened gets no event, and leaves no connection',
    async run(stand) {
      const ear = new Ear().dial(stand)
      ear.send(makeMessage(1))
      ear.hangUp()
      const nobody = new Ear().dial(stand, stand.nowhere)
      nobody.hangUp()
      for (let turn = 0; turn < 5; turn++) await stand.settle()
      for (const each of [ear, nobody]) each.claimSound()
      claimEqual([ear.isOpen, ear.isOver], [false, false], 'open, over')
      await until(stand, () => stand.connections() === 0, 'the end of the connection')
    },
  },
  {
    title: 'a client that closes between messages that arrived together gets none of the later ones',
    async run(stand) {
      const { ear, peer } = await connect(stand, { heard: (who) => who.hangUp() })
      peer.say(makeMessage(1), '', makeMessage(2), makeMessage(3))
      await until(stand, () => peer.isOver, 'the end')
      await stand.settle()
      ear.claimSound()
      claimEqual(ear.messages, [makeMessage(1)], 'heard')
    },
  },
  {
    title: 'a client that closes when the connection opens gets no further event',
    async run(stand) {
      const ear = new Ear({ opened: (who) => who.hangUp() }).dial(stand)
      const peer = await stand.peer()
      peer.say(makeMessage(1))
      await until(stand, () => peer.isOver, 'the end')
      await stand.settle()
      ear.claimSound()
    },
  },
  {
    title: 'messages sent before the server ends the connection arrive, then the end, once',
    async run(stand) {
      const { ear, peer } = await connect(stand, { closed: (who) => who.send(makeMessage(9)) })
      const said = Array.from({ length: 100 }, (_, index) => makeMessage(index, 'x'.repeat(1_000)))
      peer.say(...said)
      peer.end()
      await until(stand, () => ear.isOver, 'the end')
      claimEqual(ear.messages, said, 'heard')
      ear.send(makeMessage(1))
      await stand.settle()
      ear.claimSound()
      ear.hangUp()
      await stand.settle()
      ear.claimSound()
    },
  },
  {
    title: 'an abrupt end is reported once, also while many messages are unsent',
    async run(stand) {
      const { ear, peer } = await connect(stand, { closed: (who) => who.hangUp() })
      peer.setReading?.(false)
      ear.send(...Array.from({ length: 80 }, (_, index) => makeMessage(index, 'x'.repeat(100_000))))
      peer.cut()
      await until(stand, () => ear.isOver, 'the end')
      ear.send(makeMessage(1))
      await stand.settle()
      ear.claimSound()
    },
  },
  {
    title: 'when the server ends its half, the connection ends, even if the server does not read',
    async run(stand) {
      const { ear, peer } = await connect(stand)
      if (peer.endHalf === undefined) return
      peer.setReading?.(false)
      ear.send(...Array.from({ length: 80 }, (_, index) => makeMessage(index, 'x'.repeat(100_000))))
      await stand.settle()
      peer.say(makeMessage(1))
      peer.endHalf()
      await until(stand, () => ear.isOver, 'the end')
      claimEqual(ear.messages, [makeMessage(1)], 'heard')
      ear.claimSound()
    },
  },
  {
    title: 'where no server listens, the end is reported once, and the connection never opens',
    async run(stand) {
      if (stand.nowhere === undefined) return
      const ear = new Ear().dial(stand, stand.nowhere)
      ear.send(makeMessage(1))
      await until(stand, () => ear.isOver, 'the end')
      ear.send(makeMessage(2))
      ear.hangUp()
      await stand.settle()
      ear.claimSound()
      claimEqual(ear.isOpen, false, 'open')
    },
  },
]
