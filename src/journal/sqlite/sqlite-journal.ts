/** The embedded journal as the loop sees it: gathers appends, hands them to the writer's thread, releases the answers. */
import { assert } from '../../base/index.ts'
import { assertAppend } from '../assert-append.ts'
import { type Chain, chainLength } from '../chain.ts'
import { GameListeners } from '../game-listeners.ts'
import type { Appended, Durability, Entry, GameId, Hear, Journal, Listening } from '../journal.ts'
import type { Position, Subscription, Version } from '../journal.ts'
import { JournalFault, type JournalId } from '../journal.ts'
import { batchAppends, batchesInFlightMax, damagesMax, pendingAppendsMax } from '../limits.ts'
import { parsePosition } from '../position.ts'
import { Feed } from './feed.ts'
import { describe } from './inspect.ts'
import type { Inspection } from './inspection.ts'
import type { Answer, Committed, ToWriter } from './messages.ts'
import { corruptFault } from './sqlite-fault.ts'
import type { Reader } from './reader.ts'

/** The writer's thread. Tests put another one in its place. */
export interface WriterThread {
  postMessage(message: ToWriter): void
  on(event: 'message', hear: (answer: Answer) => void): unknown
  on(event: 'error', hear: (error: unknown) => void): unknown
  on(event: 'exit', hear: () => void): unknown
}

export interface SqliteJournalParts {
  readonly file: string
  readonly durability: Durability
  readonly thread: WriterThread
  readonly reader: Reader
  readonly hearDamage?: ((what: string) => void) | undefined
}

/** Appends on their way, as columns; one index is one append. */
class Pending {
  readonly games: GameId[] = []
  readonly afters: Version[] = []
  readonly bodies: string[] = []
  readonly resolves: ((answer: Appended) => void)[] = []
  readonly rejects: ((fault: JournalFault) => void)[] = []

  get size(): number {
    return this.games.length
  }

  /** The entry that append `index` became. */
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
   * Resolves when the journal can take no more: a commit failed so that its outcome is not known, or the writer's
   * thread died. What was in flight is 'outcome-unknown' then, every later append 'unavailable'. The process should
   * stop; the next one finds what is really there.
   */
  readonly failed: Promise<JournalFault>
  readonly #file: string
  readonly #thread: WriterThread
  readonly #reader: Reader
  readonly #feed: Feed
  readonly #ears = new GameListeners()
  readonly #hearDamage: ((what: string) => void) | undefined
  readonly #damages = new Set<string>()
  #inspection: Inspection | null = null
  readonly #failed = Promise.withResolvers<JournalFault>()
  readonly #exited = Promise.withResolvers<void>()
  readonly #settled = Promise.withResolvers<void>()
  /** The batches that are with the writer, in order; what comes meanwhile gathers for the next. */
  readonly #sent: Pending[] = []
  #gathered = new Pending()
  #scheduled = false
  /** Why no append is taken any more. */
  #end: JournalFault | undefined
  #closing: Promise<void> | undefined
  /** Nothing is in flight any more: the thread has failed, or may go. */
  #released = false

  constructor({ file, durability, thread, reader, hearDamage }: SqliteJournalParts) {
    this.#hearDamage = hearDamage
    this.id = reader.id
    this.durability = durability
    this.failed = this.#failed.promise
    this.#file = file
    this.#thread = thread
    this.#reader = reader
    this.#feed = new Feed((after) => reader.page(after), reader.length)
    thread.on('message', (answer: Answer) => this.#receive(answer))
    thread.on('error', (error) => this.#fail(error))
    thread.on('exit', () => {
      this.#fail(new Error('its thread ended'))
      this.#exited.resolve()
    })
  }

  get damage(): string | null {
    const [first] = this.#damages
    if (first === undefined) return null
    return this.#damages.size === 1 ? first : `${first}; and ${this.#damages.size - 1} more`
  }

  /** Starts it, and stops it with the journal. */
  inspect(inspection: Inspection): void {
    this.#inspection = inspection
    inspection.start((damage) => {
      this.#note(describe(damage))
      if (damage.game === undefined || damage.version !== undefined) return
      this.#reader.refuse(damage.game)
      this.#thread.postMessage({ type: 'refuse', game: damage.game })
    })
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    assertAppend(game, after, body)
    const pending = this.#gathered
    if (pending.size >= pendingAppendsMax) {
      return Promise.reject(new JournalFault('unavailable', `${pendingAppendsMax} appends already wait for the disk`))
    }
    const appended = new Promise<Appended>((resolve, reject) => {
      pending.games.push(game)
      pending.afters.push(after)
      pending.bodies.push(body)
      pending.resolves.push(resolve)
      pending.rejects.push(reject)
    })
    // Enough for a batch: the writer works while this turn of the loop is still reading.
    if (pending.size >= batchAppends && this.#sent.length < batchesInFlightMax) this.#send()
    else this.#schedule()
    return appended
  }

  async read(game: GameId, after: Version = 0, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#noting(this.#reader.game(game, after, limit))
  }

  async readBack(game: GameId, before: Version = Number.MAX_SAFE_INTEGER, limit?: number): Promise<readonly Entry[]> {
    this.#assertOpen()
    return this.#noting(this.#reader.gameBack(game, before, limit))
  }

  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription {
    this.#assertOpen()
    return this.#feed.follow(parsePosition(after, this.#reader.length), hear)
  }

  listen(game: GameId, hear: Hear): Listening {
    this.#assertOpen()
    return this.#ears.add(game, hear)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#end ??= new JournalFault('unavailable', `the journal ${this.#file} is closed`)
    if (this.#sent.length > 0 || this.#gathered.size > 0) await this.#settled.promise
    this.#released = true
    this.#feed.close()
    this.#ears.clear()
    await this.#inspection?.stop()
    // The writer closes last, for the last connection folds the write-ahead log into the file.
    this.#reader.close()
    this.#thread.postMessage({ type: 'close' })
    await this.#exited.promise
  }

  async #noting<Value>(reading: Promise<Value>): Promise<Value> {
    try {
      return await reading
    } catch (error) {
      if (error instanceof JournalFault && error.fault === 'corrupt') this.#note(error.message)
      throw error
    }
  }

  #note(what: string): void {
    if (this.#damages.has(what) || this.#damages.size >= damagesMax) return
    this.#damages.add(what)
    this.#hearDamage?.(what)
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new JournalFault('unavailable', `the journal ${this.#file} is closed`)
  }

  /** Sends at the end of this turn of the loop, so that all that arrives or is answered with it shares one sync. */
  #schedule(): void {
    if (this.#sent.length > 0 || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#sent.length === 0) this.#send()
    })
  }

  /** Hands the writer all that has gathered. */
  #send(): void {
    const pending = this.#gathered
    if (pending.size === 0) return
    this.#gathered = new Pending()
    this.#sent.push(pending)
    const { games, afters, bodies } = pending
    this.#thread.postMessage({
      type: 'commit',
      batch: { games, afters, bodies, followed: this.#feed.followed || this.#ears.size > 0 },
    })
  }

  #receive(answer: Answer): void {
    if (answer.type === 'failed') return this.#fail(answer.cause)
    const sent = this.#sent.shift()
    assert(sent !== undefined, 'the writer answers what it was sent')
    if (answer.type === 'committed') this.#release(sent, answer)
    else sent.reject(new JournalFault(answer.fault, `${answer.message}: ${this.#file}`, { cause: answer.cause }))
    if (this.#gathered.size > 0) this.#schedule()
    else if (this.#closing !== undefined && this.#sent.length === 0) this.#settled.resolve()
  }

  #release(sent: Pending, { conflicts, damages, chains }: Committed): void {
    for (const [index, why] of damages) {
      this.#note(why)
      sent.rejects[index]?.(corruptFault(this.#file, why))
    }
    const entries: Entry[] = []
    const before = this.#feed.length
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
      if (this.#ears.has(game)) queueMicrotask(() => this.#ears.tell(game, (sent.afters[index] ?? 0) + 1, entry))
    }
    this.#feed.grow(stored, entries)
  }

  #fail(cause: unknown): void {
    if (this.#released) return
    this.#released = true
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `the journal ${this.#file} failed and takes nothing more: ${reason}; stop and start again`
    const failure = new JournalFault('unavailable', message, { cause })
    this.#end = failure
    const unknown = new JournalFault('outcome-unknown', `whether this was stored is not known: ${reason}`, { cause })
    for (const sent of this.#sent.splice(0)) sent.reject(unknown)
    this.#gathered.reject(failure)
    this.#gathered = new Pending()
    this.#settled.resolve()
    this.#failed.resolve(failure)
  }
}
