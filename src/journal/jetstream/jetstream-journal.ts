/** A journal that is one stream of NATS JetStream, which any number of nodes append to, read and follow. */
import type { StreamInfo } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription as Subscribed } from '@nats-io/transport-node'
import { type Clock, every, type Timer } from '../../base/index.ts'
import { assertAppend } from '../assert-append.ts'
import { chainStart } from '../chain.ts'
import {
  type Appended,
  type Durability,
  type Entry,
  type GameId,
  type Hear,
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
import { Feed } from './feed.ts'
import type { Head } from './game-log.ts'
import { GameReader } from './game-reader.ts'
import { askMs, headsMax, retryMs, strangeMsMax } from './limits.ts'
import { Listeners } from './listeners.ts'
import { Requests } from './requests.ts'
import { findHeader, headersOf, type Message, parseMessage, textOf } from './message.ts'
import type { Names } from './names.ts'
import { Outages } from './outages.ts'
import { Publisher } from './publisher.ts'
import { Reader } from './reader.ts'
import { idOf } from './stream.ts'
import { stateOf, type StreamAnswer, type StreamState } from './stream-state.ts'
import { subscribe } from './subscribe.ts'
import { Writer } from './writer.ts'

export interface JetStreamJournalParts {
  /** Stays its owner's, who closes it once this is closed. */
  readonly connection: NatsConnection
  readonly names: Names
  readonly stream: StreamInfo
  readonly durability: Durability
  readonly clock: Clock
  /** See {@link ReaderOptions.hasBatches} and {@link WriterOptions.mayRace}. */
  readonly hasBatches: boolean
  readonly mayRace: boolean
  /** Of this node; different from every other's. */
  readonly id: string
}

interface StreamLook extends StreamState {
  /** When it was asked for, on the monotonic clock. */
  readonly sentAt: number
}

/** Bytes of a message beside its body: headers and the server's own. */
const headerBytes = 512

export class JetStreamJournal implements Journal {
  readonly id: JournalId
  readonly durability: Durability
  readonly names: Names
  /** Resolves when the stream is not any more what this node knows of it. */
  readonly failed: Promise<JournalFault>
  readonly #failed = Promise.withResolvers<JournalFault>()
  readonly #connection: NatsConnection
  readonly #parts: JetStreamJournalParts
  readonly #requests: Requests
  readonly #heads = new LruCache<GameId, Head>(headsMax)
  readonly #reader: Reader
  readonly #games: GameReader
  readonly #writer: Writer
  readonly #feed: Feed
  readonly #listeners: Listeners
  readonly #outages: Outages
  /** Of all games, while somebody follows. */
  #live: Subscribed | null = null
  #pending = 0
  /** Word of what was stored may have been lost. */
  #isSuspicious = false
  #isChecking = false
  /** Since when the stream is told to be another, or shorter than it was. */
  #strangeSince: number | null = null
  #asking: Promise<StreamLook | null> | null = null
  readonly #timer: Timer
  #closing: Promise<void> | null = null

  constructor(parts: JetStreamJournalParts) {
    const { connection, names, stream, durability, clock, hasBatches, mayRace, id } = parts
    this.id = idOf(stream)
    this.durability = durability
    this.#connection = connection
    this.names = names
    this.failed = this.#failed.promise
    this.#parts = parts
    this.#requests = new Requests(connection, clock, this.#failed.resolve)
    const requests = this.#requests
    const heads = this.#heads
    this.#reader = new Reader({ requests, names, clock, hasBatches, replicas: stream.config.num_replicas })
    this.#games = new GameReader(this.#reader, heads)
    const post = new Publisher({ requests, hasBatches: stream.config.allow_atomic === true, id })
    this.#writer = new Writer({ requests, post, names, clock, reader: this.#reader, heads, mayRace, id })
    this.#feed = new Feed({
      page: (after) => this.#reader.page(after),
      clock,
      end: stream.state.last_seq,
      fail: this.#failed.resolve,
    })
    this.#outages = new Outages(clock.now())
    this.#listeners = new Listeners({
      connection,
      names,
      clock,
      reader: this.#reader,
      parse: (message) => this.#parse(message),
      isEntry: (message) => this.#note(message),
      fail: this.#failed.resolve,
    })
    const elected = (): void => {
      requests.doubt()
      // What the old leader stored last it may not have repeated.
      this.#isSuspicious = true
      void this.#lookForMore()
    }
    subscribe(connection, names.elected, elected, this.#failed.resolve)
    this.#timer = every(clock, askMs, () => void this.#lookForMore())
    void this.#watch()
  }

  async append(game: GameId, after: Version, body: string): Promise<Appended> {
    this.#assertOpen()
    assertAppend(game, after, body)
    if (this.#pending >= pendingAppendsMax)
      throw new JournalFault('unavailable', `${pendingAppendsMax} appends already wait for the NATS servers`)
    const room = (this.#connection.info?.max_payload ?? Infinity) - headerBytes
    // A character is at most three bytes; few bodies have to be measured.
    if (body.length * 3 > room && Buffer.byteLength(body) > room)
      throw new JournalFault('unavailable', `the entry is larger than max_payload of the NATS servers, ${room} bytes`)
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

  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription {
    this.#assertOpen()
    const from = parsePosition(after, this.#feed.end)
    this.#live ??= subscribe(this.#connection, this.names.live, (message) => this.#hear(message), this.#failed.resolve)
    const { subscription, position } = this.#feed.follow(from, hear, this.#findEnd())
    return {
      caughtUp: subscription.caughtUp,
      get position() {
        return position()
      },
      close: () => {
        subscription.close()
        if (this.#feed.isFollowed) return
        this.#live?.unsubscribe()
        this.#live = null
      },
    }
  }

  /** Sequence of the stream's last message, as its leader tells, and how long ago it was asked. @throws JournalFault 'unavailable' */
  async lookForEnd(): Promise<{ readonly end: number; readonly askedMs: number }> {
    this.#assertOpen()
    const calledAt = this.#parts.clock.now()
    const found = await this.#lookForMore()
    if (found === null) throw new JournalFault('unavailable', 'the stream of the games has no leader now')
    return { end: found.end, askedMs: Math.max(0, calledAt - found.sentAt) }
  }

  async isAwake(): Promise<boolean> {
    return (await this.#ask()) !== null
  }

  awayMs(_game: GameId, from: number, to: number): number {
    return this.#outages.overlapMs(from, to)
  }

  /** Copies of every entry. */
  get replicas(): number {
    return this.#parts.stream.config.num_replicas
  }

  /** Whether several messages can be stored as a whole. */
  get takesBatches(): boolean {
    return this.#parts.hasBatches && this.#parts.stream.config.allow_atomic === true
  }

  listen(game: GameId, hear: Hear): Listening {
    this.#assertOpen()
    return this.#listeners.add(game, hear)
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
    if (this.#closing !== null) throw new JournalFault('unavailable', 'the journal is closed')
  }

  #hear(message: Msg): void {
    const heard = this.#parse(message)
    if (heard === null) return
    this.#note(heard)
    this.#feed.hear(heard)
  }

  /** Null: it was not repeated by a server: somebody else has written here. */
  #parse(message: Msg): Message | null {
    const headers = headersOf(message)
    const sequence = Number(findHeader(headers, 'Nats-Sequence'))
    if (!Number.isSafeInteger(sequence)) return null
    const parsed = parseMessage({
      sequence,
      game: this.names.gameOf(findHeader(headers, 'Nats-Subject') ?? ''),
      headers,
      body: textOf(message),
    })
    this.#writer.recognize(parsed)
    return parsed
  }

  /**
   * Another node has appended to a game that this one knows: the next append here need not ask. Whether the message is
   * known to be an entry.
   */
  #note(message: Message): boolean {
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

  /** Follows the state of the connection. */
  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#requests.disconnect()
      if (status.type !== 'disconnect' && status.type !== 'reconnect') continue
      this.#isSuspicious = true
      if (status.type === 'disconnect') continue
      this.#requests.reconnect()
      void this.#lookForMore()
    }
  }

  /** Null: the leader does not answer. */
  async #lookForMore(): Promise<StreamLook | null> {
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

  /** A leader that is new may tell less than there is, but not for long; one without a majority, for any time. */
  #compare({ end, created, hasMajority }: StreamState, before: number): void {
    if (hasMajority && created !== this.#parts.stream.created)
      return this.#suspect('is another one than this node began with')
    if (hasMajority && end < before) return this.#suspect(`ends at ${end}, and was at ${before} before`)
    this.#strangeSince = null
  }

  /** Fails once the stream has been strange for {@link strangeMsMax}. */
  #suspect(what: string): void {
    const { clock } = this.#parts
    this.#strangeSince ??= clock.now()
    if (clock.now() - this.#strangeSince < strangeMsMax) return
    const advice = 'what this node knows of the games is not what is stored, so it has to start again'
    this.#failed.resolve(new JournalFault('corrupt', `the stream ${this.names.stream} ${what}: ${advice}`))
  }

  /** Sequence of the stream's last message; asked until it is answered. */
  async #findEnd(): Promise<number> {
    for (;;) {
      const found = await this.#ask()
      if (found !== null) return found.end
      if (this.#closing !== null) throw new JournalFault('unavailable', 'the journal is closed')
      await new Promise<void>((resolve) => void this.#parts.clock.after(retryMs, resolve))
    }
  }

  /** What is asked already answers who asks as well: nothing is asked twice in one waking. */
  #ask(): Promise<StreamLook | null> {
    this.#asking ??= this.#askNow(this.#parts.clock.now()).finally(() => (this.#asking = null))
    return this.#asking
  }

  async #askNow(sentAt: number): Promise<StreamLook | null> {
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
