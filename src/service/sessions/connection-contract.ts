/** What every connection must do for its session, as checks that run under any test runner. */
import { assert, claimEqual, type Settling, until } from '../../base/index.ts'
import { type AnyNotification, SharedNotification } from '../games/change.ts'
import type { Connection, Session } from './connection.ts'

/** The part of a session that the checks need. */
export type SessionStub = Pick<Session, 'hear' | 'end'>

/** The client's end of a connection. */
export interface ConnectionReader {
  /** The messages received, in order. */
  readonly got: readonly string[]
  /** Nothing more will arrive. */
  readonly isOver: boolean
  /** Sends messages, as close together as possible. Absent if it can only receive. */
  say?(...messages: readonly string[]): void
  /** Disconnects as in a crash. */
  leave(): void
  /** Closes its sending half and still receives. Absent if that is the same as `leave`. */
  endHalf?(): void
  /** Stops or resumes reading. Absent if nothing is ever unread. */
  setReading?(isReading: boolean): void
}

export interface ConnectionStand extends Settling {
  /** Opens a connection. Messages sent on it go to the session that `makeSession` returns. */
  readonly open: (makeSession: (connection: Connection) => SessionStub) => Promise<ConnectionReader>
}

export interface ConnectionCheck {
  readonly title: string
  /** Rejects and says what was expected if the connection is wrong. */
  readonly run: (stand: ConnectionStand) => Promise<void>
}

/** The number comes first, so that long messages differ early and are compared quickly. */
function makeNotification(id: number, text = '', key = 'key'): AnyNotification {
  return new SharedNotification('server.closing', { reconnectInMs: id, reason: text }, key)
}

/** The same as a message, so that the reader gets the same from `send` and from `notify`. */
function makeMessage(id: number, text = ''): string {
  return makeNotification(id, text).message
}

const makeMessages = (count: number, text = ''): readonly string[] =>
  Array.from({ length: count }, (_, id) => makeMessage(id, text))

/** More than fits into the buffers of two sockets. */
const makeFlood = (): readonly string[] => makeMessages(300, 'x'.repeat(100_000))

type OnMessage = (message: string, session: RecordingSession) => void

/** Records the calls of a connection, and the first wrong call. */
class RecordingSession implements SessionStub {
  readonly connection: Connection
  readonly heard: string[] = []
  readonly #onMessage: OnMessage
  #ends = 0
  #hasClosed = false
  #fault: string | null = null

  constructor(connection: Connection, onMessage: OnMessage) {
    this.connection = connection
    this.#onMessage = onMessage
  }

  get isEnded(): boolean {
    return this.#ends > 0
  }

  /** Closes the connection: no message may be received from now on. */
  close(): void {
    this.#hasClosed = true
    this.connection.close(1000, 'over')
  }

  /** Asserts that all calls so far were right. */
  assertRight(): void {
    assert(this.#fault === null, `it called its session wrongly: ${this.#fault}`)
  }

  hear(message: string): void {
    if (this.#ends > 0) this.#fault ??= 'hear, after the end'
    if (this.#hasClosed) this.#fault ??= 'hear, after it was closed'
    this.heard.push(message)
    this.#onMessage(message, this)
  }

  end(): void {
    this.#ends++
    this.useAfterEnd()
  }

  /** Uses the connection like a caller that has not noticed that it has ended. */
  useAfterEnd(): void {
    try {
      this.connection.send(makeMessage(999))
      this.connection.notify(makeNotification(999))
      this.connection.close(1000, 'over')
    } catch (cause) {
      this.#fault ??= `end, and what followed threw: ${String(cause)}`
    }
  }
}

interface Connected {
  readonly session: RecordingSession
  readonly reader: ConnectionReader
}

async function connect(stand: ConnectionStand, onMessage: OnMessage = () => {}): Promise<Connected> {
  let session: RecordingSession | undefined
  const reader = await stand.open((connection) => (session = new RecordingSession(connection, onMessage)))
  assert(session !== undefined, 'no session was made for the connection')
  return { session, reader }
}

/** Stops the reader and sends it many messages. Returns them. */
async function stall({ settle }: ConnectionStand, { session, reader }: Connected): Promise<readonly string[]> {
  reader.setReading?.(false)
  const sent = makeFlood()
  for (const message of sent) session.connection.send(message)
  await settle()
  return sent
}

export const connectionContract: readonly ConnectionCheck[] = [
  {
    title: 'messages and states arrive whole and in the order in which they were sent',
    async run(stand) {
      const { session, reader } = await connect(stand)
      const texts = ['', ' ', 'ä', '🔑', '\u2028', '\\n', '"', '\u0000', '0'.repeat(125)]
      const sent = Array.from({ length: 90 }, (_, id) => makeMessage(id, texts[id % texts.length]))
      // Few enough that any reader keeps up.
      for (const [id, message] of sent.entries())
        if (id % 3 === 0) session.connection.notify(makeNotification(id, texts[id % texts.length], `key ${id}`))
        else session.connection.send(message)
      await until(stand, () => reader.got.length >= sent.length, 'what was sent')
      claimEqual(reader.got, sent, 'got')
      const long = [makeMessage(1, 'x'.repeat(70_000)), makeMessage(2, 'xé🔑'.repeat(500_000)), makeMessage(3)]
      for (const message of long) session.connection.send(message)
      await until(stand, () => reader.got.length >= sent.length + long.length, 'long messages')
      claimEqual(
        reader.got.slice(sent.length).map((message) => long.indexOf(message)),
        [0, 1, 2],
        'got',
      )
      session.assertRight()
    },
  },
  {
    title: 'messages sent while the session is created arrive, and arrive first',
    async run(stand) {
      let session: RecordingSession | undefined
      const reader = await stand.open((connection) => {
        connection.send(makeMessage(1))
        connection.notify(makeNotification(2))
        return (session = new RecordingSession(connection, () => {}))
      })
      session?.connection.send(makeMessage(3))
      await until(stand, () => reader.got.length >= 3, 'three messages')
      claimEqual(
        reader.got,
        [1, 2, 3].map((id) => makeMessage(id)),
        'got',
      )
    },
  },
  {
    title: 'messages are received in order, and may be answered at once',
    async run(stand) {
      const { session, reader } = await connect(stand, (message, who) => who.connection.send(message))
      if (reader.say === undefined) return
      const sent = makeMessages(200, 'é')
      reader.say(...sent)
      await until(stand, () => reader.got.length >= sent.length, 'the answers')
      claimEqual([session.heard, reader.got], [sent, sent], 'heard, and got')
      session.assertRight()
    },
  },
  {
    title: 'a slow reader gets every message in order, and the newest state of each key',
    async run(stand) {
      const { session, reader } = await connect(stand)
      if (reader.setReading === undefined) return
      const sent = await stall(stand, { session, reader })
      for (let id = 1_000; id < 1_100; id++) {
        for (const key of ['a', 'b']) session.connection.notify(makeNotification(id, key, key))
        if (id % 20 === 0) await stand.settle()
      }
      reader.setReading(true)
      const isState = (message: string): boolean => !message.includes('xxx')
      const newest = makeMessage(1_099, 'b')
      await until(stand, () => reader.got.includes(newest), 'the newest state')
      claimEqual(
        reader.got.filter((message) => !isState(message)).map((message) => sent.indexOf(message)),
        [...sent.keys()],
        'messages',
      )
      for (const key of ['a', 'b']) {
        const states = reader.got.filter((message) => isState(message) && message.includes(`"${key}"`))
        claimEqual(states, states.toSorted(), `order of the states of ${key}`)
        claimEqual(states.at(-1), makeMessage(1_099, key), `the last state of ${key}`)
        assert(states.length < 100, `all ${states.length} states of ${key} waited for a slow reader`)
      }
      session.assertRight()
    },
  },
  {
    title: 'whenSent calls back once, not while the reader is slow, and never within a message',
    async run(stand) {
      const { session, reader } = await connect(stand)
      const { connection } = session
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
    title: 'whenSent calls back once if the messages will never be read',
    async run(stand) {
      const { session, reader } = await connect(stand)
      const { connection } = session
      if (connection.whenSent === undefined) return
      const called: string[] = []
      reader.setReading?.(false)
      for (const message of makeFlood()) connection.send(message)
      connection.whenSent(() => called.push('unsent'))
      await stand.settle()
      reader.leave()
      await until(stand, () => session.isEnded && called.length > 0, 'the end')
      connection.whenSent(() => called.push('after the end'))
      await until(stand, () => called.length > 1, 'a call after the end')
      claimEqual(called, ['unsent', 'after the end'], 'called')
      session.assertRight()
    },
  },
  {
    title: 'messages sent before a close arrive, then the end, and nothing else',
    async run(stand) {
      const { session, reader } = await connect(stand)
      const sent = makeMessages(50, 'é'.repeat(2_000))
      for (const message of sent) session.connection.send(message)
      session.connection.notify(makeNotification(50))
      session.close()
      session.useAfterEnd()
      reader.say?.(makeMessage(60), makeMessage(61))
      await until(stand, () => reader.isOver && session.isEnded, 'the end')
      session.useAfterEnd()
      await stand.settle()
      claimEqual(reader.got, [...sent, makeMessage(50)], 'got')
      session.assertRight()
    },
  },
  {
    title: 'a slow reader gets the messages sent before a close, then the end',
    async run(stand) {
      const { session, reader } = await connect(stand)
      if (reader.setReading === undefined) return
      const sent = await stall(stand, { session, reader })
      for (const id of [1_000, 1_001]) session.connection.notify(makeNotification(id))
      session.connection.send(makeMessage(1_002))
      session.close()
      await stand.settle()
      reader.setReading(true)
      await until(stand, () => reader.isOver && session.isEnded, 'the end')
      claimEqual(
        reader.got.slice(0, sent.length).map((message) => sent.indexOf(message)),
        [...sent.keys()],
        'got',
      )
      const rest = reader.got.slice(sent.length).toSorted()
      claimEqual(rest, [makeMessage(1_001), makeMessage(1_002)], 'got in the end')
      session.assertRight()
    },
  },
  {
    title: 'after a close in the middle of a batch no more messages are received',
    async run(stand) {
      const { session, reader } = await connect(stand, (_, who) => who.close())
      if (reader.say === undefined) return
      reader.say(...makeMessages(100))
      await until(stand, () => reader.isOver && session.isEnded, 'the end')
      session.assertRight()
      claimEqual(session.heard, [makeMessage(0)], 'heard')
    },
  },
  {
    title: 'when the client is gone the session ends, and nothing more is received or sent',
    async run(stand) {
      const { session, reader } = await connect(stand)
      reader.say?.(makeMessage(1))
      reader.leave()
      await until(stand, () => session.isEnded, 'the end')
      session.useAfterEnd()
      await stand.settle()
      session.assertRight()
    },
  },
  {
    title: 'after a client has closed its sending half its messages are answered, then the connection ends',
    async run(stand) {
      const { session, reader } = await connect(stand, (message, who) => who.connection.send(message))
      if (reader.endHalf === undefined) return
      const sent = makeMessages(100)
      reader.say?.(...sent)
      reader.endHalf()
      await until(stand, () => reader.isOver && session.isEnded, 'the end')
      const answers = reader.say === undefined ? [] : sent
      claimEqual([session.heard, reader.got], [answers, answers], 'heard, and got')
      session.assertRight()
    },
  },
]
