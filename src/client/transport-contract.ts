/** What every transport must do, as checks that run under any test runner. */
import { assert, claimEqual, type Settling, until } from '../base/index.ts'
import type { Dial, Transport, TransportListener } from './transport.ts'

/** The server's end of one connection. */
export interface TransportPeer {
  /** What has come, in order. */
  readonly heard: readonly string[]
  /** No more comes, and nothing can be said. */
  readonly isOver: boolean
  /** Says these, as close together as can be. */
  say(...messages: readonly string[]): void
  /** Says one message a few bytes at a time. Absent where messages are no bytes. */
  sayInPieces?(message: string): Promise<void>
  /** Ends the connection, after what was said. */
  end(): void
  /** Ends it as a crash does. */
  cut(): void
  /** Reads nothing from now on, or goes on. Absent where nothing is ever unread. */
  setReading?(isReading: boolean): void
  /** Says that nothing more will be said, and goes on as it was. Absent where a connection has no halves. */
  endHalf?(): void
}

export interface TransportStand extends Settling {
  readonly dial: Dial
  /** Where the server is. */
  readonly url: URL
  /** Where nobody is. Absent where somebody always is. */
  readonly nowhere?: URL
  /** The server's end of the first connection, once there is one. */
  readonly peer: () => Promise<TransportPeer>
  /** How many connections the server has. */
  readonly connections: () => number
}

export interface TransportCheck {
  readonly title: string
  /** Takes a server that nobody has dialled. Rejects, saying what was expected, if the transport is wrong. */
  readonly run: (stand: TransportStand) => Promise<void>
}

/** A message as every transport takes it. */
function makeMessage(id: number, text = ''): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'm', params: { text } })
}

type Also = { readonly [Name in keyof TransportListener]?: (ear: Ear) => void }

/** Keeps what a transport tells, and what is wrong with how it does that. */
class Ear implements TransportListener {
  readonly messages: string[] = []
  readonly #also: Also
  #transport: Transport | null = null
  #opened = 0
  #closed = 0
  #hasHungUp = false
  #broken: string | null = null

  constructor(also: Also = {}) {
    this.#also = also
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

  /** Claims that everything so far was told as it should be. */
  claimSound(): void {
    assert(this.#broken === null, `it told its listener something wrong: ${this.#broken}`)
  }

  opened(): void {
    this.#hear('opened')
    if (++this.#opened > 1) this.#broken ??= 'that it has opened, twice'
    this.#answer('opened')
  }

  heard(message: string): void {
    this.#hear('heard')
    if (this.#opened === 0) this.#broken ??= 'a message, before it had opened'
    this.messages.push(message)
    this.#answer('heard')
  }

  closed(reason: string): void {
    this.#hear('closed')
    if (reason === '') this.#broken ??= 'that it is over, without a reason'
    this.#closed++
    this.#answer('closed')
  }

  #answer(to: keyof TransportListener): void {
    try {
      this.#also[to]?.(this)
    } catch (cause) {
      this.#broken ??= `${to}, and then it threw: ${String(cause)}`
    }
  }

  #hear(what: string): void {
    if (this.#transport === null) this.#broken ??= `${what}, before the dial returned`
    if (this.#closed > 0) this.#broken ??= `${what}, after the end`
    if (this.#hasHungUp) this.#broken ??= `${what}, after it was closed`
  }
}

/** A listener and the server's end, connected. */
async function connect(
  stand: TransportStand,
  also?: Also,
): Promise<{ readonly ear: Ear; readonly peer: TransportPeer }> {
  const ear = new Ear(also).dial(stand)
  const peer = await stand.peer()
  await until(stand, () => ear.isOpen, 'opening')
  ear.claimSound()
  return { ear, peer }
}

export const transportContract: readonly TransportCheck[] = [
  {
    title: 'it opens once, after the dial has returned and before anything is heard',
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
    title: 'messages are carried whole and in order, both ways, an empty one of the server too',
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
    title: 'a message of megabytes is carried, both ways',
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
    title: 'bytes may arrive in any pieces',
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
    title: 'what a server does not read waits, and arrives in order when it does',
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
    title: 'what was sent before a close arrives, then the end, and the listener hears no more',
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
    title: 'a client that closes before it has opened hears nothing, and leaves no connection',
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
    title: 'a client that closes in the middle of what came together hears none of the rest',
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
    title: 'a client that closes when it opens hears nothing more',
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
    title: 'what a server says before it ends the connection is heard, then the end, once',
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
    title: 'a connection that is cut is over, once, also while much is unsent',
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
    title: 'a server that has ended its half has ended the connection, whatever it does not read',
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
    title: 'where nobody listens it is over, once, and has never opened',
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
