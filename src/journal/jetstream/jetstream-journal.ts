/** A journal in one stream of NATS JetStream. Any number of nodes can append to it, read it and follow it. */
import type { StreamInfo } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription as Subscribed } from '@nats-io/transport-node'
import { type Clock, every, sleep, type Timer } from '../../base/index.ts'
import { assertAppend } from '../assert-append.ts'
import { chainStart } from '../chain.ts'
import {
  type Appended,
  type Durability,
  type Entry,
  type GameId,
  type OnEntries,
  type Journal,
  JournalFault,
  type JournalId,
  type Listening,
  type Position,
  type Subscription,
  type Version,
} from '../journal.ts'
import { pendingAppendsMax } from '../limits.ts'
import { parsePosition } from '../position.ts'
import { LruCache } from '../lru-cache.ts'
import { unavailable } from './batch.ts'
import { JetStreamFeed } from './feed.ts'
import type { GameHead } from './game-log.ts'
import { GameReader } from './game-reader.ts'
import { askMs, streamHeadsMax, retryMs, strangeMsMax } from './limits.ts'
import { SubjectListeners } from './listeners.ts'
import { Requests } from './requests.ts'
import { findHeader, headersOf, type Message, parseStreamMessage, payloadText } from './message.ts'
import type { Names } from './names.ts'
import { Outages } from './outages.ts'
import { Publisher } from './publisher.ts'
import { JetStreamReader } from './reader.ts'
import { idOfStream } from './stream.ts'
import { stateOf, type StreamAnswer, type StreamState } from './stream-state.ts'
import { subscribe } from './subscribe.ts'
import { JetStreamWriter } from './writer.ts'

export interface JetStreamJournalParts {
  /** The caller keeps ownership and closes it after the journal. */
  readonly connection: NatsConnection
  readonly names: Names
  readonly stream: StreamInfo
  readonly durability: Durability
  readonly clock: Clock
  /** See {@link ReaderOptions.hasBatches} and {@link WriterOptions.mayRace}. */
  readonly hasBatches: boolean
  readonly mayRace: boolean
  /** Unique to this instance. */
  readonly id: string
}

interface StreamReading extends StreamState {
  /** When the request was sent, on the monotonic clock. */
  readonly sentAt: number
}

/** Bytes of a message in addition to its body: headers, including those of the server. */
const headerBytes = 512

export class JetStreamJournal implements Journal {
  readonly id: JournalId
  readonly durability: Durability
  readonly names: Names
  /** Resolves when the stream was replaced or has lost entries, or when the node lacks a permission. */
  readonly failed: Promise<JournalFault>
  readonly #failed = Promise.withResolvers<JournalFault>()
  readonly #connection: NatsConnection
  readonly #parts: JetStreamJournalParts
  readonly #requests: Requests
  readonly #heads = new LruCache<GameId, GameHead>(streamHeadsMax)
  readonly #reader: JetStreamReader
  readonly #games: GameReader
  readonly #writer: JetStreamWriter
  readonly #feed: JetStreamFeed
  readonly #listeners: SubjectListeners
  readonly #outages: Outages
  /** The subscription to all games; null while there is no follower. */
  #live: Subscribed | null = null
  #pending = 0
  /** Notifications of stored entries may have been lost. */
  #isSuspicious = false
  #isChecking = false
  /** Since when the stream is reported to be another one, or shorter than before. */
  #suspectSince: number | null = null
  #asking: Promise<StreamReading | null> | null = null
  readonly #timer: Timer
  #closing: Promise<void> | null = null

  constructor(parts: JetStreamJournalParts) {
    const { connection, names, stream, durability, clock, hasBatches, mayRace, id } = parts
    this.id = idOfStream(stream)
    this.durability = durability
    this.#connection = connection
    this.names = names
    this.failed = this.#failed.promise
    this.#parts = parts
    this.#requests = new Requests(connection, clock, this.#failed.resolve)
    const requests = this.#requests
    const heads = this.#heads
    this.#reader = new JetStreamReader({ requests, names, clock, hasBatches, replicas: stream.config.num_replicas })
    this.#games = new GameReader(this.#reader, heads)
    const publisher = new Publisher({ requests, hasBatches: stream.config.allow_atomic === true, id })
    this.#writer = new JetStreamWriter({ requests, publisher, names, clock, reader: this.#reader, heads, mayRace, id })
    this.#feed = new JetStreamFeed({
      page: (after) => this.#reader.page(after),
      clock,
      end: stream.state.last_seq,
      fail: this.#failed.resolve,
    })
    this.#outages = new Outages(clock.now())
    this.#listeners = new SubjectListeners({
      connection,
      names,
      clock,
      reader: this.#reader,
      parse: (message) => this.#parse(message),
      isEntry: (message) => this.#updateHead(message),
      fail: this.#failed.resolve,
    })
    const elected = (): void => {
      requests.leaderChanged()
      // The old leader may not have repeated the last messages that it stored.
      this.#isSuspicious = true
      void this.#readEnd()
    }
    subscribe(connection, names.elected, elected, this.#failed.resolve)
    this.#timer = every(clock, askMs, () => void this.#readEnd())
    void this.#watch()
  }

  async append(game: GameId, after: Version, body: string): Promise<Appended> {
    this.#assertOpen()
    assertAppend(game, after, body)
    if (this.#pending >= pendingAppendsMax)
      throw unavailable(`${pendingAppendsMax} appends already wait for the NATS servers: try again later`)
    const room = (this.#connection.info?.max_payload ?? Infinity) - headerBytes
    // A UTF-16 unit takes at most three bytes, so few bodies have to be measured.
    if (body.length * 3 > room && Buffer.byteLength(body) > room)
      throw unavailable(`the entry is larger than the ${room} bytes that max_payload of the NATS servers allows`)
    this.#pending++
    try {
      return await this.#writer.append(game, after, body)
    } finally {
      this.#pending--
    }
  }

  async read(game: GameId, after: Version = 0, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#games.page(game, after, limit)
  }

  async readBack(game: GameId, before: Version = Infinity, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#games.pageBack(game, before, limit)
  }

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    this.#assertOpen()
    const from = parsePosition(after, this.#feed.end)
    this.#live ??= subscribe(
      this.#connection,
      this.names.live,
      (message) => this.#receive(message),
      this.#failed.resolve,
    )
    const subscription = this.#feed.followEntries(from, handler, this.#findEnd())
    return {
      caughtUp: subscription.caughtUp,
      get position() {
        return subscription.position
      },
      close: () => {
        subscription.close()
        if (this.#feed.isFollowed) return
        this.#live?.unsubscribe()
        this.#live = null
      },
    }
  }

  /**
   * The sequence of the stream's last message according to its leader. `askedMs` is how long before this call the request was
   * sent, in ms: 0 unless the call shares a request that was already in flight.
   * @throws JournalFault 'unavailable'
   */
  async lookForEnd(): Promise<{ readonly end: number; readonly askedMs: number }> {
    this.#assertOpen()
    const calledAt = this.#parts.clock.now()
    const found = await this.#readEnd()
    if (found === null) throw unavailable('the stream of the games has no leader now')
    return { end: found.end, askedMs: Math.max(0, calledAt - found.sentAt) }
  }

  async isAwake(): Promise<boolean> {
    return (await this.#ask()) !== null
  }

  awayMs(_game: GameId, from: number, to: number): number {
    return this.#outages.overlapMs(from, to)
  }

  /** The number of copies of every entry. */
  get replicas(): number {
    return this.#parts.stream.config.num_replicas
  }

  /** Whether the stream can store several messages atomically. */
  get takesBatches(): boolean {
    return this.#parts.hasBatches && this.#parts.stream.config.allow_atomic === true
  }

  listen(game: GameId, handler: OnEntries): Listening {
    this.#assertOpen()
    return this.#listeners.add(game, handler)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#writer.settle()
    this.#feed.close()
    this.#listeners.close()
    this.#live?.unsubscribe()
    this.#timer.cancel()
    this.#requests.close()
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw unavailable('the journal is closed')
  }

  #receive(raw: Msg): void {
    const message = this.#parse(raw)
    if (message === null) return
    this.#updateHead(message)
    this.#feed.grow(message.sequence, [message])
  }

  /** Parses a repeated message. Null: no server has repeated it, but another program has published it. */
  #parse(message: Msg): Message | null {
    const headers = headersOf(message)
    const sequence = Number(findHeader(headers, 'Nats-Sequence'))
    if (!Number.isSafeInteger(sequence)) return null
    const parsed = parseStreamMessage({
      sequence,
      game: this.names.gameOf(findHeader(headers, 'Nats-Subject') ?? ''),
      headers,
      body: payloadText(message),
    })
    this.#writer.recognize(parsed)
    return parsed
  }

  /**
   * Updates the known head of a game with a message, so that the next append need not read the game first. Returns whether
   * the message is certainly an entry.
   */
  #updateHead(message: Message): boolean {
    const { game, sequence, version, chain } = message
    const known = this.#heads.get(game)
    const before = known ?? (version === 1 ? { version: 0, chain: chainStart, token: 0 } : undefined)
    if (before === undefined) return false
    if (sequence <= before.token) return version === before.version && chain === before.chain
    const follows = version === before.version + 1 && message.follows(before.chain)
    if (follows) this.#heads.set(game, { version, chain, token: sequence })
    else this.#heads.delete(game)
    return follows
  }

  /** Tracks the state of the connection. */
  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#requests.disconnect()
      if (status.type !== 'disconnect' && status.type !== 'reconnect') continue
      this.#isSuspicious = true
      if (status.type === 'disconnect') continue
      this.#requests.reconnect()
      void this.#readEnd()
    }
  }

  /** Reads the state of the stream and passes it on; null: the leader does not answer. */
  async #readEnd(): Promise<StreamReading | null> {
    const before = this.#feed.end
    const found = await this.#ask()
    if (found === null) {
      this.#isSuspicious = true
      return null
    }
    this.#feed.grow(found.end)
    this.#compare(found, before)
    if (!this.#isChecking) void this.#check(found.end)
    return found
  }

  async #check(end: number): Promise<void> {
    this.#isChecking = true
    const isSuspicious = this.#isSuspicious
    this.#isSuspicious = false
    await (isSuspicious ? this.#listeners.check(end) : this.#listeners.checkSome(end))
    this.#isChecking = false
  }

  /**
   * Compares the reported state with the known one. A new leader may report too short a stream for a while; a leader without a
   * majority may do so at any time and is ignored.
   */
  #compare({ end, created, hasMajority }: StreamState, before: number): void {
    if (hasMajority && created !== this.#parts.stream.created)
      return this.#suspect('is another one than this node began with')
    if (hasMajority && end < before) return this.#suspect(`ends at ${end}, but ended at ${before} before`)
    this.#suspectSince = null
  }

  /** Fails the journal once the stream has been wrong for {@link strangeMsMax}. */
  #suspect(what: string): void {
    const { clock } = this.#parts
    this.#suspectSince ??= clock.now()
    if (clock.now() - this.#suspectSince < strangeMsMax) return
    const advice = 'this node no longer knows what is stored, so it has to start again'
    this.#failed.resolve(new JournalFault('corrupt', `the stream ${this.names.stream} ${what}: ${advice}`))
  }

  /** The sequence of the stream's last message. Repeats the request until it is answered. */
  async #findEnd(): Promise<number> {
    for (;;) {
      const found = await this.#ask()
      if (found !== null) return found.end
      if (this.#closing !== null) throw unavailable('the journal is closed')
      await sleep(this.#parts.clock, retryMs)
    }
  }

  /** Concurrent callers share one request and its answer. */
  #ask(): Promise<StreamReading | null> {
    this.#asking ??= this.#askNow(this.#parts.clock.now()).finally(() => (this.#asking = null))
    return this.#asking
  }

  async #askNow(sentAt: number): Promise<StreamReading | null> {
    const state = await this.#readState()
    if (state === null) this.#outages.unanswered()
    else this.#outages.answered(sentAt, this.#parts.clock.now())
    return state && { ...state, sentAt }
  }

  async #readState(): Promise<StreamState | null> {
    const answer = await this.#requests.ask(`$JS.API.STREAM.INFO.${this.names.stream}`, '')
    if (typeof answer === 'string') return null
    const state = stateOf(answer.json<StreamAnswer>())
    if (state !== 'gone') return state
    this.#suspect('is gone')
    return null
  }
}
