/** The main-thread part of the embedded journal: collects appends, sends them to the writer's thread, passes on the answers. */
import { assert } from '../../base/index.ts'
import type { WorkerThread } from '../../base/node/index.ts'
import { assertAppend } from '../assert-append.ts'
import { type Chain, chainLength } from '../chain.ts'
import { Feed } from '../follower.ts'
import { GameListeners } from '../game-listeners.ts'
import type { Appended, Durability, Entry, GameId, OnEntries, Journal, Listening } from '../journal.ts'
import type { Position, Subscription, Version } from '../journal.ts'
import { JournalFault, type JournalId } from '../journal.ts'
import { batchAppends, batchesInFlightMax, damagesMax, pendingAppendsMax } from '../limits.ts'
import { parsePosition } from '../position.ts'
import { describeDamage } from './inspect.ts'
import type { Inspection } from './inspection.ts'
import type { WriterMethods } from './journal-worker.ts'
import type { Committed, Refused } from './messages.ts'
import { nextTurn } from './next-turn.ts'
import { corruptFault } from './sqlite-fault.ts'
import type { SqliteReader } from './reader.ts'

/** The writer's thread. Tests replace it. */
export type WriterThread = Pick<WorkerThread<WriterMethods>, 'call' | 'ended' | 'close'>

export interface SqliteJournalParts {
  readonly file: string
  readonly durability: Durability
  readonly thread: WriterThread
  readonly reader: SqliteReader
  readonly onDamage?: ((what: string) => void) | undefined
}

/** Appends without an answer, as columns. The same index in each column is one append. */
class Pending {
  readonly games: GameId[] = []
  readonly afters: Version[] = []
  readonly bodies: string[] = []
  readonly resolves: ((answer: Appended) => void)[] = []
  readonly rejects: ((fault: JournalFault) => void)[] = []

  get size(): number {
    return this.games.length
  }

  /** The entry that append `index` has stored. */
  entry(index: number, position: number, chain: Chain): Entry {
    return {
      position: String(position),
      game: this.games[index] ?? '',
      version: (this.afters[index] ?? 0) + 1,
      body: this.bodies[index] ?? '',
      chain,
    }
  }

  reject(fault: JournalFault): void {
    for (const reject of this.rejects) reject(fault)
  }
}

export class SqliteJournal implements Journal {
  readonly id: JournalId
  readonly durability: Durability
  /**
   * Resolves when the journal can accept no more appends: a commit failed with an unknown outcome, or the writer's thread
   * died. Appends in flight then fail as 'outcome-unknown', later ones as 'unavailable'. The process should stop; the next
   * process finds what was actually stored.
   */
  readonly failed: Promise<JournalFault>
  readonly #file: string
  readonly #thread: WriterThread
  readonly #reader: SqliteReader
  readonly #feed: Feed<Entry>
  readonly #listeners = new GameListeners()
  readonly #onDamage: ((what: string) => void) | undefined
  readonly #damages = new Set<string>()
  #inspection: Inspection | null = null
  readonly #failed = Promise.withResolvers<JournalFault>()
  readonly #settled = Promise.withResolvers<void>()
  /** The batches sent to the writer and not answered, in order. New appends are collected for the next batch. */
  readonly #sent: Pending[] = []
  #collected = new Pending()
  #scheduled = false
  /** The reason why no more appends are accepted. */
  #end: JournalFault | undefined
  #closing: Promise<void> | undefined
  /** Nothing is in flight any more: the thread has failed, or may end. */
  #released = false

  constructor({ file, durability, thread, reader, onDamage }: SqliteJournalParts) {
    this.#onDamage = onDamage
    this.id = reader.id
    this.durability = durability
    this.failed = this.#failed.promise
    this.#file = file
    this.#thread = thread
    this.#reader = reader
    this.#feed = new Feed<Entry>({ end: reader.length, page: (after) => reader.page(after), pause: nextTurn })
    void thread.ended.then((error) => this.#fail(error))
  }

  get damage(): string | null {
    const [first] = this.#damages
    if (first === undefined) return null
    return this.#damages.size === 1 ? first : `${first}; and ${this.#damages.size - 1} more`
  }

  /** Starts an inspection. The journal stops it when it closes. */
  inspect(inspection: Inspection): void {
    this.#inspection = inspection
    inspection.start((damage) => {
      this.#addDamage(describeDamage(damage))
      if (damage.game === undefined || damage.version !== undefined) return
      this.#reader.refuse(damage.game)
      // A thread that has ended stores nothing.
      this.#thread.call('refuse', damage.game).catch(() => {})
    })
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    assertAppend(game, after, body)
    const pending = this.#collected
    if (pending.size >= pendingAppendsMax) {
      return Promise.reject(
        new JournalFault('unavailable', `${pendingAppendsMax} appends already wait for the disk: try again later`),
      )
    }
    const appended = new Promise<Appended>((resolve, reject) => {
      pending.games.push(game)
      pending.afters.push(after)
      pending.bodies.push(body)
      pending.resolves.push(resolve)
      pending.rejects.push(reject)
    })
    // A full batch is sent at once: the writer can work while this turn of the event loop continues.
    if (pending.size >= batchAppends && this.#sent.length < batchesInFlightMax) this.#send()
    else this.#schedule()
    return appended
  }

  async read(game: GameId, after: Version = 0, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#recordDamage(this.#reader.game(game, after, limit))
  }

  async readBack(game: GameId, before: Version = Number.MAX_SAFE_INTEGER, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#recordDamage(this.#reader.gameBack(game, before, limit))
  }

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    this.#assertOpen()
    return this.#feed.follow(parsePosition(after, this.#reader.length), handler)
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
    this.#end ??= new JournalFault('unavailable', `the journal ${this.#file} is closed`)
    if (this.#sent.length > 0 || this.#collected.size > 0) await this.#settled.promise
    this.#released = true
    this.#feed.close()
    this.#listeners.clear()
    await this.#inspection?.stop()
    // The writer closes last: the last connection moves the write-ahead log into the file.
    this.#reader.close()
    await this.#thread.close()
  }

  async #recordDamage<Value>(reading: Promise<Value>): Promise<Value> {
    try {
      return await reading
    } catch (error) {
      if (error instanceof JournalFault && error.fault === 'corrupt') this.#addDamage(error.message)
      throw error
    }
  }

  #addDamage(what: string): void {
    if (this.#damages.has(what) || this.#damages.size >= damagesMax) return
    this.#damages.add(what)
    this.#onDamage?.(what)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new JournalFault('unavailable', `the journal ${this.#file} is closed`)
  }

  /** Sends at the end of this turn of the event loop, so that all appends of the turn share one sync. */
  #schedule(): void {
    if (this.#sent.length > 0 || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#sent.length === 0) this.#send()
    })
  }

  /** Sends all collected appends to the writer. */
  #send(): void {
    const pending = this.#collected
    if (pending.size === 0) return
    this.#collected = new Pending()
    this.#sent.push(pending)
    const { games, afters, bodies } = pending
    const followed = this.#feed.isFollowed || this.#listeners.size > 0
    this.#thread.call('commit', { games, afters, bodies, followed }).then(
      (answer) => this.#receive(answer),
      (cause) => this.#fail(cause),
    )
  }

  #receive(answer: Committed | Refused): void {
    const sent = this.#sent.shift()
    assert(sent !== undefined, 'the writer answers only batches that it was sent')
    if (answer.type === 'committed') this.#release(sent, answer)
    else sent.reject(new JournalFault(answer.fault, `${answer.message}: ${this.#file}`, { cause: answer.cause }))
    if (this.#collected.size > 0) this.#schedule()
    else if (this.#closing !== undefined && this.#sent.length === 0) this.#settled.resolve()
  }

  #release(sent: Pending, { conflicts, damages, chains }: Committed): void {
    for (const [index, why] of damages) {
      this.#addDamage(why)
      sent.rejects[index]?.(corruptFault(this.#file, why))
    }
    const entries: Entry[] = []
    const before = this.#feed.end
    let stored = 0
    for (let index = 0; index < sent.size; index++) {
      const isStored = index !== conflicts[index - stored]
      sent.resolves[index]?.(isStored ? 'stored' : 'conflict')
      if (!isStored) continue
      const chain = chains.slice(stored * chainLength, (stored + 1) * chainLength)
      stored++
      const entry = chain === '' ? null : sent.entry(index, before + stored, chain)
      if (entry !== null) entries.push(entry)
      const game = sent.games[index] ?? ''
      if (this.#listeners.has(game))
        queueMicrotask(() => this.#listeners.notify(game, (sent.afters[index] ?? 0) + 1, entry))
    }
    this.#feed.grow(before + stored, entries)
  }

  #fail(cause: unknown): void {
    if (this.#released) return
    this.#released = true
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `the journal ${this.#file} failed and accepts no more entries: ${reason}; stop and start again`
    const failure = new JournalFault('unavailable', message, { cause })
    this.#end = failure
    const unknown = new JournalFault('outcome-unknown', `it is not known whether the entry was stored: ${reason}`, {
      cause,
    })
    for (const sent of this.#sent.splice(0)) sent.reject(unknown)
    this.#collected.reject(failure)
    this.#collected = new Pending()
    this.#settled.resolve()
    this.#failed.resolve(failure)
  }
}
