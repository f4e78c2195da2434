/** Appends: one at a time a game, as many games at once as ask. What the broker says is checked before it is passed on. */
import type { Clock } from '../../base/index.ts'
import type { Chain } from '../chain.ts'
import { type Appended, type GameId, JournalFault, type Version } from '../journal.ts'
import type { LruCache } from '../lru-cache.ts'
import { nodeChain } from '../sqlite/node-chain.ts'
import { GameLog, type Head, noHead } from './game-log.ts'
import { appendMsMax, retryMs } from './limits.ts'
import type { Requests } from './requests.ts'
import { makeHeaders, type Message } from './message.ts'
import type { Names } from './names.ts'
import type { Answer, Publisher } from './publisher.ts'
import type { Reader } from './reader.ts'

export interface WriterOptions {
  readonly requests: Requests
  readonly post: Publisher
  readonly names: Names
  readonly clock: Clock
  readonly reader: Reader
  /** Shared with whoever hears of other writers' entries. */
  readonly heads: LruCache<GameId, Head>
  /** Whether a server may acknowledge both of two racing appends, so that each must be looked at. */
  readonly mayRace: boolean
  /** Different from that of every other writer. */
  readonly id: string
}

interface Append {
  readonly game: GameId
  readonly after: Version
  readonly body: string
  readonly id: string
  readonly until: number
  /** An attempt was sent and never answered: it may be stored, or be on its way. */
  isOpen: boolean
}

/** Where a game stands, and whether the entry that an append was for is the one that it wrote. */
interface Found {
  readonly head: Head
  readonly isOwn: boolean
}

/** An entry on its way, and the chain that it follows. */
interface Sent {
  readonly previous: Chain
  readonly chain: Chain
  readonly body: string
}

export class Writer {
  readonly #options: WriterOptions
  /** The last append of each game that has one under way. */
  readonly #lines = new Map<GameId, Promise<unknown>>()
  /** What is sent and not answered: of each game one entry at most. */
  readonly #sent = new Map<GameId, Sent>()
  #number = 0

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** As `Journal.append`. */
  append(game: GameId, after: Version, body: string): Promise<Appended> {
    const { clock, id } = this.#options
    const append = { game, after, body, id: `${id}-${++this.#number}`, until: clock.now() + appendMsMax, isOpen: false }
    const before = this.#lines.get(game)
    const appended = before === undefined ? this.#store(append) : before.then(() => this.#store(append))
    const settled: Promise<void> = appended.then(
      () => this.#leave(game, settled),
      () => this.#leave(game, settled),
    )
    this.#lines.set(game, settled)
    return appended
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#lines.size > 0) await Promise.all(this.#lines.values())
  }

  /** Spares the hash of a message that was sent from here and is heard before its answer, as nearly all are. */
  recognize(message: Message): void {
    const sent = this.#sent.get(message.game)
    if (sent?.chain === message.chain && sent.body === message.body) message.isMadeFor(sent.previous)
  }

  #leave(game: GameId, line: Promise<unknown>): void {
    if (this.#lines.get(game) === line) this.#lines.delete(game)
  }

  async #store(append: Append): Promise<Appended> {
    const { game, after } = append
    // Most games that nobody knows are new: that is tried before it is looked up.
    let head = this.#options.heads.get(game) ?? (after === 0 ? noHead : null)
    // Of the last message that is known to be there: a server that answers a look must have it.
    let known = 0
    for (;;) {
      try {
        known = Math.max(known, head?.token ?? 0)
        const found = head?.version === after ? await this.#attempt(append, head) : await this.#look(append, known)
        if (found === 'stored') return 'stored'
        head = found?.head ?? null
        if (found !== null && found.head.version !== after) return judge(append, found)
      } catch (cause) {
        await this.#pause(append, cause)
        head = null
      }
    }
  }

  /** Null: the game must be looked at. @throws JournalFault */
  async #attempt(append: Append, head: Head): Promise<Found | 'stored' | null> {
    const version = append.after + 1
    const chain = nodeChain(head.chain, version, append.body)
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
        return this.#look(append, answer.sequence, head)
      case 'conflict':
        return this.#lose(append, answer.last)
    }
  }

  /** Who was faster. @throws JournalFault if nobody is known to have been: their append may yet fail. */
  async #lose(append: Append, last: number): Promise<Found> {
    const found = await this.#look(append, last)
    if (found.head.version !== append.after) return found
    throw new JournalFault('unavailable', 'another append of this game is on its way')
  }

  /** How the game stands, by what follows `head`, at least up to sequence `known`. */
  async #look({ game, after, id }: Append, known: number, head: Head = noHead): Promise<Found> {
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

  #publish({ game, body, ...append }: Append, chain: Chain, token: number): Promise<Answer> {
    const entry = { version: append.after + 1, chain, append: append.id }
    const subject = this.#options.names.subjectOf(game)
    return new Promise((answered) =>
      this.#options.post.send({
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
      const message = 'it was sent to the NATS servers, and whether it was stored is not known'
      throw new JournalFault('outcome-unknown', message, { cause })
    }
    await new Promise<void>((resolve) => void clock.after(retryMs, resolve))
    if (!requests.isConnected) {
      const late = Promise.withResolvers<void>()
      const timer = clock.after(Math.max(0, until - retryMs - clock.now()), late.resolve)
      await Promise.race([requests.connected, late.promise])
      timer.cancel()
    }
  }
}

/**
 * The game is not at the version that the append names: it may be the append itself that got it there. @throws JournalFault
 * 'unavailable' where it may be stored, and the server that was asked had not even heard of the entry before it
 */
function judge({ isOpen, after }: Append, { isOwn, head }: Found): Appended {
  if (isOpen && head.version < after) throw new JournalFault('unavailable', 'the server that was asked is behind')
  return isOpen && isOwn ? 'stored' : 'conflict'
}
