/** Appends entries, one at a time for each game and for any number of games at once. Checks the answers of the servers. */
import { type Clock, sleep, within } from '../../base/index.ts'
import type { Chain } from '../chain.ts'
import { type Appended, type GameId, JournalFault, type Version } from '../journal.ts'
import type { LruCache } from '../lru-cache.ts'
import { sha256Chain } from '../../base/node/index.ts'
import { GameLog, type GameHead, noHead } from './game-log.ts'
import { appendMsMax, retryMs } from './limits.ts'
import type { Requests } from './requests.ts'
import { makeHeaders, type Message } from './message.ts'
import type { Names } from './names.ts'
import type { AppendResult, Publisher } from './publisher.ts'
import type { JetStreamReader } from './reader.ts'

export interface JetStreamWriterOptions {
  readonly requests: Requests
  readonly publisher: Publisher
  readonly names: Names
  readonly clock: Clock
  readonly reader: JetStreamReader
  /** Shared with the reader, and updated when entries of other writers arrive. */
  readonly heads: LruCache<GameId, GameHead>
  /** Whether a server may acknowledge both of two racing appends. Then each acknowledgement is checked. */
  readonly mayRace: boolean
  /** Unique to this writer. */
  readonly id: string
}

interface Append {
  readonly game: GameId
  readonly after: Version
  readonly body: string
  readonly id: string
  readonly until: number
  /** An attempt was sent and not answered: it may be stored, now or later. */
  isOpen: boolean
}

/** The current head of a game, and whether this append wrote the entry with its version. */
interface Found {
  readonly head: GameHead
  readonly isOwn: boolean
}

/** An entry in flight, and the chain that it follows. */
interface Sent {
  readonly previous: Chain
  readonly chain: Chain
  readonly body: string
}

export class JetStreamWriter {
  readonly #options: JetStreamWriterOptions
  /** The last append in flight of each game. */
  readonly #queues = new Map<GameId, Promise<unknown>>()
  /** Entries that are sent and not answered, at most one for each game. */
  readonly #sent = new Map<GameId, Sent>()
  #number = 0

  constructor(options: JetStreamWriterOptions) {
    this.#options = options
  }

  /** See `Journal.append`. */
  append(game: GameId, after: Version, body: string): Promise<Appended> {
    const { clock, id } = this.#options
    const append = { game, after, body, id: `${id}-${++this.#number}`, until: clock.now() + appendMsMax, isOpen: false }
    const before = this.#queues.get(game)
    const appended = before === undefined ? this.#store(append) : before.then(() => this.#store(append))
    const settled: Promise<void> = appended.then(
      () => this.#dequeue(game, settled),
      () => this.#dequeue(game, settled),
    )
    this.#queues.set(game, settled)
    return appended
  }

  /** Resolves when no append is in flight. */
  async settle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values())
  }

  /** Avoids the hash of a repeated message that this writer has sent. Nearly all of them arrive before their answer. */
  recognize(message: Message): void {
    const sent = this.#sent.get(message.game)
    if (sent?.chain === message.chain && sent.body === message.body) message.isMadeFor(sent.previous)
  }

  #dequeue(game: GameId, queue: Promise<unknown>): void {
    if (this.#queues.get(game) === queue) this.#queues.delete(game)
  }

  async #store(append: Append): Promise<Appended> {
    const { game, after } = append
    // A game without a known head is usually new: the append is tried before the game is read.
    let head = this.#options.heads.get(game) ?? (after === 0 ? noHead : null)
    // The sequence of the last message known to exist. A read must include it.
    let known = 0
    for (;;) {
      try {
        known = Math.max(known, head?.token ?? 0)
        const found = head?.version === after ? await this.#attempt(append, head) : await this.#readState(append, known)
        if (found === 'stored') return 'stored'
        head = found.head
        if (head.version !== after) return resolveOutcome(append, found)
      } catch (cause) {
        await this.#pause(append, cause)
        head = null
      }
    }
  }

  /** Sends the append once. @throws JournalFault */
  async #attempt(append: Append, head: GameHead): Promise<Found | 'stored'> {
    const version = append.after + 1
    const chain = sha256Chain(head.chain, version, append.body)
    this.#sent.set(append.game, { previous: head.chain, chain, body: append.body })
    const answer = await this.#publish(append, chain, head.token)
    this.#sent.delete(append.game)
    if (answer.type === 'stored' && !this.#options.mayRace) {
      this.#options.heads.set(append.game, { version, chain, token: answer.sequence })
      return 'stored'
    }
    this.#options.heads.delete(append.game)
    switch (answer.type) {
      case 'failed':
        throw new JournalFault(answer.full ? 'storage-full' : 'unavailable', answer.reason)
      case 'lost':
        append.isOpen = true
        throw new JournalFault('unavailable', 'the NATS servers did not answer')
      case 'stored':
        append.isOpen = true
        return this.#readState(append, answer.sequence, head)
      case 'conflict':
        return this.#findWinner(append, answer.last)
    }
  }

  /** Finds the entry that won a conflict. @throws JournalFault if there is none yet: the other append may still fail. */
  async #findWinner(append: Append, last: number): Promise<Found> {
    const found = await this.#readState(append, last)
    if (found.head.version !== append.after) return found
    throw new JournalFault('unavailable', 'another append of this game is in flight')
  }

  /** Reads the state of the game from the messages after `head`, at least up to sequence `known`. */
  async #readState({ game, after, id }: Append, known: number, head: GameHead = noHead): Promise<Found> {
    const { reader, heads } = this.#options
    const log = new GameLog(head)
    let isOwn = false
    await reader.game({ game, from: head.token + 1, known }, (message) => {
      if (log.take(message) && message.version === after + 1) isOwn = message.append === id
      return true
    })
    heads.set(game, log.head)
    return { head: log.head, isOwn }
  }

  #publish({ game, body, ...append }: Append, chain: Chain, token: number): Promise<AppendResult> {
    const entry = { version: append.after + 1, chain, append: append.id }
    const subject = this.#options.names.subjectOf(game)
    return new Promise((answered) =>
      this.#options.publisher.send({
        subject,
        payload: body,
        headers: (place) => makeHeaders(entry, token, place),
        answered,
      }),
    )
  }

  /** Waits before the next attempt. @throws JournalFault when the time for this append is over */
  async #pause({ until, isOpen }: Append, cause: unknown): Promise<void> {
    if (!(cause instanceof JournalFault) || cause.fault === 'corrupt') throw cause
    const { clock, requests } = this.#options
    if (cause.fault === 'storage-full' || clock.now() + retryMs >= until) {
      if (!isOpen) throw cause
      const message = 'the entry was sent to the NATS servers, but it is not known whether it was stored'
      throw new JournalFault('outcome-unknown', message, { cause })
    }
    await sleep(clock, retryMs)
    if (!requests.isConnected) await within(clock, Math.max(0, until - retryMs - clock.now()), requests.connected)
  }
}

/**
 * Decides the result of an append if the game is not at the version that the append names. The append itself may have stored
 * the entry.
 * @throws JournalFault 'unavailable' if the append may be stored but the answering server does not have the entry before it
 */
function resolveOutcome({ isOpen, after }: Append, { isOwn, head }: Found): Appended {
  if (isOpen && head.version < after)
    throw new JournalFault('unavailable', 'the server that answered does not have all entries yet')
  return isOpen && isOwn ? 'stored' : 'conflict'
}
