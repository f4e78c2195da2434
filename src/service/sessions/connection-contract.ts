/** What every connection must do for a talk over it, as checks that run under any test runner. */
import { assert, claimEqual, type Settling, until } from '../../base/index.ts'
import type { Connection, Talk } from './connection.ts'

/** The other end. */
export interface ConnectionReader {
  /** The messages that have come, in order. */
  readonly got: readonly string[]
  /** Nothing more will come. */
  readonly isOver: boolean
  /** Says these, as close together as can be. Absent where it can only listen. */
  say?(...messages: readonly string[]): void
  /** Is gone, as in a crash. */
  leave(): void
  /** Says that nothing more will be said, and listens on. Absent where that is the same as to leave. */
  endHalf?(): void
  /** Reads nothing from now on, or goes on. Absent where nothing is ever unread. */
  setReading?(isReading: boolean): void
}

export interface ConnectionStand extends Settling {
  /** A new connection. What is said on it goes to the talk that is made for it. */
  readonly open: (makeTalk: (connection: Connection) => Talk) => Promise<ConnectionReader>
}

export interface ConnectionCheck {
  readonly title: string
  /** Rejects, saying what was expected, if the connection is wrong. */
  readonly run: (stand: ConnectionStand) => Promise<void>
}

/** A message as every protocol carries it. */
function makeMessage(id: number, text = ''): string {
  return JSON.stringify({ jsonrpc: '2.0', method: 'm', params: { id, text } })
}

const makeMessages = (count: number, text = ''): readonly string[] =>
  Array.from({ length: count }, (_, id) => makeMessage(id, text))

/** More than the buffers of two sockets take in. */
const makeFlood = (): readonly string[] => makeMessages(300, 'x'.repeat(100_000))

type Also = (message: string, ear: Ear) => void

/** Keeps what a connection calls, and what is wrong with how it does that. */
class Ear implements Talk {
  readonly connection: Connection
  readonly heard: string[] = []
  readonly #also: Also
  #ends = 0
  #hasClosed = false
  #broken: string | null = null

  constructor(connection: Connection, also: Also) {
    this.connection = connection
    this.#also = also
  }

  get isEnded(): boolean {
    return this.#ends > 0
  }

  /** Closes the connection: nothing is to be heard from now on. */
  close(): void {
    this.#hasClosed = true
    this.connection.close(1000, 'over')
  }

  /** Claims that everything so far was called as it should be. */
  claimSound(): void {
    assert(this.#broken === null, `it called its talk wrongly: ${this.#broken}`)
  }

  hear(message: string): void {
    if (this.#ends > 0) this.#broken ??= 'hear, after the end'
    if (this.#hasClosed) this.#broken ??= 'hear, after it was closed'
    this.heard.push(message)
    this.#also(message, this)
  }

  end(): void {
    this.#ends++
    this.useless()
  }

  /** Calls everything, as somebody does who has not noticed that the connection is over. */
  useless(): void {
    try {
      this.connection.send(makeMessage(999))
      this.connection.sendNewest('key', makeMessage(999))
      this.connection.close(1000, 'over')
    } catch (cause) {
      this.#broken ??= `end, and what followed threw: ${String(cause)}`
    }
  }
}

interface Met {
  readonly ear: Ear
  readonly reader: ConnectionReader
}

async function meet(stand: ConnectionStand, also: Also = () => {}): Promise<Met> {
  let ear: Ear | undefined
  const reader = await stand.open((connection) => (ear = new Ear(connection, also)))
  assert(ear !== undefined, 'nobody was told of the connection')
  return { ear, reader }
}

/** The reader reads nothing from now on, and much is sent to it. Answers with that. */
async function stall({ settle }: ConnectionStand, { ear, reader }: Met): Promise<readonly string[]> {
  reader.setReading?.(false)
  const said = makeFlood()
  for (const message of said) ear.connection.send(message)
  await settle()
  return said
}

export const connectionContract: readonly ConnectionCheck[] = [
  {
    title: 'messages and states arrive whole and in the order in which they were sent',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      const texts = ['', ' ', 'ä', '🔑', '\u2028', '\\n', '"', '\u0000', '0'.repeat(125)]
      const said = Array.from({ length: 90 }, (_, id) => makeMessage(id, texts[id % texts.length]))
      // Few enough for any reader to keep up.
      for (const [id, message] of said.entries())
        if (id % 3 === 0) ear.connection.sendNewest(`key ${id}`, message)
        else ear.connection.send(message)
      await until(stand, () => reader.got.length >= said.length, 'what was sent')
      claimEqual(reader.got, said, 'got')
      const long = [makeMessage(1, 'x'.repeat(70_000)), makeMessage(2, 'xé🔑'.repeat(500_000)), makeMessage(3)]
      for (const message of long) ear.connection.send(message)
      await until(stand, () => reader.got.length >= said.length + long.length, 'long messages')
      claimEqual(
        reader.got.slice(said.length).map((message) => long.indexOf(message)),
        [0, 1, 2],
        'got',
      )
      ear.claimSound()
    },
  },
  {
    title: 'what is sent while the talk is made arrives, and first',
    async run(stand) {
      let ear: Ear | undefined
      const reader = await stand.open((connection) => {
        connection.send(makeMessage(1))
        connection.sendNewest('key', makeMessage(2))
        return (ear = new Ear(connection, () => {}))
      })
      ear?.connection.send(makeMessage(3))
      await until(stand, () => reader.got.length >= 3, 'three messages')
      claimEqual(
        reader.got,
        [1, 2, 3].map((id) => makeMessage(id)),
        'got',
      )
    },
  },
  {
    title: 'what is said is heard in order, and may be answered at once',
    async run(stand) {
      const { ear, reader } = await meet(stand, (message, who) => who.connection.send(message))
      if (reader.say === undefined) return
      const said = makeMessages(200, 'é')
      reader.say(...said)
      await until(stand, () => reader.got.length >= said.length, 'the answers')
      claimEqual([ear.heard, reader.got], [said, said], 'heard, and got')
      ear.claimSound()
    },
  },
  {
    title: 'a slow reader gets every message in order, and of each key the newest state',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      if (reader.setReading === undefined) return
      const said = await stall(stand, { ear, reader })
      for (let id = 1_000; id < 1_100; id++) {
        for (const key of ['a', 'b']) ear.connection.sendNewest(key, makeMessage(id, key))
        if (id % 20 === 0) await stand.settle()
      }
      reader.setReading(true)
      const isState = (message: string): boolean => !message.includes('xxx')
      await until(stand, () => reader.got.some((message) => message === makeMessage(1_099, 'b')), 'the newest state')
      claimEqual(
        reader.got.filter((message) => !isState(message)).map((message) => said.indexOf(message)),
        [...said.keys()],
        'messages',
      )
      for (const key of ['a', 'b']) {
        const states = reader.got.filter((message) => isState(message) && message.includes(`"${key}"`))
        claimEqual(states, states.toSorted(), `order of the states of ${key}`)
        claimEqual(states.at(-1), makeMessage(1_099, key), `the last state of ${key}`)
        assert(states.length < 100, `all ${states.length} states of ${key} waited for a slow reader`)
      }
      ear.claimSound()
    },
  },
  {
    title: 'who waits until all has been sent is called once, not while the reader is slow, and never within a message',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      const { connection } = ear
      if (connection.whenSent === undefined) return
      const called: string[] = []
      connection.whenSent(() => called.push('idle'))
      await until(stand, () => called.length === 1, 'a call where nothing is unsent')
      reader.setReading?.(false)
      for (const message of makeFlood()) connection.send(message)
      await stand.settle()
      connection.whenSent(() => {
        called.push('flood')
        connection.send(makeMessage(1_000))
        connection.whenSent?.(() => called.push('again'))
      })
      await stand.settle()
      if (reader.setReading !== undefined) claimEqual(called, ['idle'], 'called while the reader was slow')
      reader.setReading?.(true)
      await until(
        stand,
        () => called.length >= 3 && reader.got.at(-1) === makeMessage(1_000),
        'calls, and all messages',
      )
      await stand.settle()
      claimEqual(called, ['idle', 'flood', 'again'], 'called')
    },
  },
  {
    title: 'who waits until all has been sent is called once where that never will be',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      const { connection } = ear
      if (connection.whenSent === undefined) return
      const called: string[] = []
      reader.setReading?.(false)
      for (const message of makeFlood()) connection.send(message)
      connection.whenSent(() => called.push('unsent'))
      await stand.settle()
      reader.leave()
      await until(stand, () => ear.isEnded && called.length > 0, 'the end')
      connection.whenSent(() => called.push('after the end'))
      await until(stand, () => called.length > 1, 'a call after the end')
      claimEqual(called, ['unsent', 'after the end'], 'called')
      ear.claimSound()
    },
  },
  {
    title: 'what was sent before a close arrives, then the end, and nothing else',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      const said = makeMessages(50, 'é'.repeat(2_000))
      for (const message of said) ear.connection.send(message)
      ear.connection.sendNewest('key', makeMessage(50))
      ear.close()
      ear.useless()
      reader.say?.(makeMessage(60), makeMessage(61))
      await until(stand, () => reader.isOver && ear.isEnded, 'the end')
      ear.useless()
      await stand.settle()
      claimEqual(reader.got, [...said, makeMessage(50)], 'got')
      ear.claimSound()
    },
  },
  {
    title: 'a slow reader gets what was sent before a close, then the end',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      if (reader.setReading === undefined) return
      const said = await stall(stand, { ear, reader })
      for (const id of [1_000, 1_001]) ear.connection.sendNewest('key', makeMessage(id))
      ear.connection.send(makeMessage(1_002))
      ear.close()
      await stand.settle()
      reader.setReading(true)
      await until(stand, () => reader.isOver && ear.isEnded, 'the end')
      claimEqual(
        reader.got.slice(0, said.length).map((message) => said.indexOf(message)),
        [...said.keys()],
        'got',
      )
      const rest = reader.got.slice(said.length).toSorted()
      claimEqual(rest, [makeMessage(1_001), makeMessage(1_002)], 'got in the end')
      ear.claimSound()
    },
  },
  {
    title: 'a client that closes in the middle of what came together hears none of the rest',
    async run(stand) {
      const { ear, reader } = await meet(stand, (_, who) => who.close())
      if (reader.say === undefined) return
      reader.say(...makeMessages(100))
      await until(stand, () => reader.isOver && ear.isEnded, 'the end')
      ear.claimSound()
      claimEqual(ear.heard, [makeMessage(0)], 'heard')
    },
  },
  {
    title: 'when the reader is gone the talk ends, and nothing is heard or sent any more',
    async run(stand) {
      const { ear, reader } = await meet(stand)
      reader.say?.(makeMessage(1))
      reader.leave()
      await until(stand, () => ear.isEnded, 'the end')
      ear.useless()
      await stand.settle()
      ear.claimSound()
    },
  },
  {
    title: 'a client that has closed one half is heard, answered, and then the connection ends',
    async run(stand) {
      const { ear, reader } = await meet(stand, (message, who) => who.connection.send(message))
      if (reader.endHalf === undefined) return
      const said = makeMessages(100)
      reader.say?.(...said)
      reader.endHalf()
      await until(stand, () => reader.isOver && ear.isEnded, 'the end')
      const answers = reader.say === undefined ? [] : said
      claimEqual([ear.heard, reader.got], [answers, answers], 'heard, and got')
      ear.claimSound()
    },
  },
]
