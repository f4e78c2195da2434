/** The queue of one live game. Each command is decided, its event appended and applied, and then it is answered. */
import { assert, BoundedQueue, type Timer } from '../../base/index.ts'
import { decide, evolve, type Game, type Rejection } from '../../game/index.ts'
import { pagesOf } from '../../journal/index.ts'
import { type Fault, makeBody, makeView, parseBody, type Stored } from '../../protocol/index.ts'
import { complete, isRematch, makeLogFields, type PendingCommand, refusalOfLate, versionOf } from './pending-command.ts'
import { GameAutomation } from './automation.ts'
import { Audience, type Listener } from '../audience/audience.ts'
import { Change } from './change.ts'
import { answer } from '../sessions/slow-requests.ts'
import { faultOf, readGame, readLedTo } from './fold.ts'
import type { ArbiterHost } from './arbiter-host.ts'
import { countStored } from '../meter.ts'
import { detailOf, replyFault } from '../sessions/reply.ts'
import type { ServiceContext } from '../context.ts'
import { Stopwatch } from './stopwatch.ts'

/** loading: the journal is being read. ready: the next command may be decided. busy: a command is being stored. */
type State = 'new' | 'loading' | 'ready' | 'busy'

/** How often one command is decided again after a conflict with another writer. */
const attemptsMax = 8

/** Delay before a failed journal read is retried while somebody is watching, in ms. */
const readAgainMs = 1_000

export class Arbiter {
  readonly id: string
  readonly #shared: ServiceContext
  readonly #host: ArbiterHost
  #state: State = 'new'
  #game: Game | null = null
  /** The version at which the game was loaded from the journal; 0 if it was created here. */
  #loadedAt = 0
  readonly stopwatch: Stopwatch
  /** Monotonic time of the last request. */
  #usedAt: number
  #queue: BoundedQueue<PendingCommand> | null = null
  #audience: Audience | null = null
  #automation: GameAutomation | null = null
  #loaded: Promise<void> | null = null
  /** The newest version that the journal reported and that could not be applied at once. */
  #newestKnown = 0
  #retryTimer: Timer | null = null

  constructor(id: string, shared: ServiceContext, host: ArbiterHost) {
    this.id = id
    this.#shared = shared
    this.#host = host
    this.stopwatch = new Stopwatch(shared, id)
    this.#usedAt = shared.clock.now()
  }

  /** Whether {@link load} need not read the journal. */
  get isKnown(): boolean {
    return this.#game !== null && (this.#state === 'ready' || this.#state === 'busy')
  }

  /** The durable state; null if no such game exists. Only valid once {@link load} has resolved. */
  get game(): Game | null {
    return this.#game
  }

  /** The version of the durable state; 0 if no such game exists. */
  get version(): number {
    return this.#game?.version ?? 0
  }

  /** The host was notified of every event after this version. */
  get notifiedSince(): number {
    return this.#loadedAt
  }

  /** Null while nobody listens. */
  get audience(): Audience | null {
    return this.#audience
  }

  get listeners(): number {
    return this.#audience?.size ?? 0
  }

  /** The current state, with the clocks counted down to now; null if no such game exists. */
  change(): Change | null {
    return this.#game && new Change(this.stopwatch.view(this.id, this.#game, this.#shared.clock.now()))
  }

  /** Queues a command. Its reply is called when the command is decided and its event, if any, is durable. */
  submit(pending: PendingCommand): void {
    this.#usedAt = this.#shared.clock.now()
    // Creation is put-if-absent: the journal itself detects an existing game.
    this.#recheckMissing()
    const isFirst = this.#state === 'new' && pending.command.type === 'create'
    if (isFirst || (this.#state === 'ready' && (this.#queue?.size ?? 0) === 0)) return this.#decide(pending, 1)
    this.#queue ??= new BoundedQueue(this.#shared.limits.commandsPerGame)
    if (!this.#queue.push(pending))
      pending.reply.error('unavailable', 'too many commands wait for this game: try again')
    void this.load().catch(() => undefined)
  }

  /** Resolves when {@link game} is known. @throws Fault */
  async load(): Promise<void> {
    this.#usedAt = this.#shared.clock.now()
    this.#recheckMissing()
    while (this.#state === 'new' || this.#loaded !== null) await (this.#loaded ?? this.#holdLoads(this.#load()))
    this.#automation?.audienceChanged(true)
  }

  /** From now on `listener` is notified of every change and of presence. */
  listen(listener: Listener): void {
    this.#audience ??= new Audience(this.id, this.#shared, {
      game: () => this.#game,
      announced: (presence) => this.#automation?.presence(presence),
      isAwaiting: () => this.#automation?.isAwaiting ?? false,
      deserted: () => (this.#audience = null),
    })
    this.#audience.add(listener)
    listener.entered(this)
    this.recognise()
  }

  unlisten(listener: Listener): void {
    this.#audience?.remove(listener)
    this.recognise()
  }

  /** Call after the audience has changed, or a listener has become another account. */
  recognise(): void {
    this.#audience?.touch()
    this.#automation?.audienceChanged(this.listeners > 0)
    if (this.#game === null) return
    this.#host.audienceChanged(this.id, this.#game)
    if (this.#game.awaited.length > 0) this.runAutomation()
  }

  /** The address of a connection with which the account watches this game; null if there is none. */
  addressOf(account: string): string | null {
    return this.#audience?.addressOf(account) ?? null
  }

  /** The journal holds entry `version`, of any node. `read` parses it; null: it must be read from the journal. */
  receive(version: number, read: (() => Stored) | null): void {
    if (version <= this.version) return
    if (read !== null && this.#state === 'ready' && version === this.version + 1) return void this.#apply(read(), null)
    this.#newestKnown = Math.max(this.#newestKnown, version)
    if (this.#state === 'ready' || this.#state === 'new') this.#refresh()
  }

  /** True if the game can leave memory at `now` without losing anything. */
  isIdle(now: number): boolean {
    const isSettled = (this.#state === 'ready' || this.#state === 'new') && (this.#queue?.size ?? 0) === 0
    const isAlone = this.listeners === 0 && !(this.#automation?.isNeeded ?? false)
    return isSettled && isAlone && (this.#game === null || now - this.#usedAt >= this.#shared.limits.idleGameMs)
  }

  /** Cancels all timers. */
  close(): void {
    this.#audience?.close()
    this.#automation?.close()
    this.#retryTimer?.cancel()
  }

  #holdLoads(work: Promise<void>): Promise<void> {
    const held = work.finally(() => this.#loaded === held && (this.#loaded = null))
    return (this.#loaded = held)
  }

  async #load(): Promise<void> {
    this.#state = 'loading'
    try {
      await this.#readNew()
      if (this.#isOutdated) await this.#readNew()
    } catch (cause) {
      this.#state = 'new'
      const fault = faultOf(cause, this.#shared.log)
      this.#refuseAll(fault)
      this.#refreshLater()
      throw fault
    }
    this.#state = 'ready'
    if (this.#isOutdated) this.#refreshLater() // A replica of the journal may lag.
    this.#next()
  }

  /** Never cache "no such game": another node may create it at any moment. */
  #recheckMissing(): void {
    if (this.#state === 'ready' && this.#game === null) this.#state = 'new'
  }

  /** True if the journal holds newer entries than this replica. */
  get #isOutdated(): boolean {
    return this.#newestKnown > this.version
  }

  /** The replica may be wrong: reads the journal, now if somebody waits or watches, else at the next request. */
  #refresh(): void {
    this.#state = 'new'
    if (this.listeners > 0 || (this.#queue?.size ?? 0) > 0) void this.load().catch(() => undefined)
  }

  #refreshLater(): void {
    this.#retryTimer ??= this.#shared.clock.after(readAgainMs, () => {
      this.#retryTimer = null
      if (this.#state === 'new' || (this.#state === 'ready' && this.#isOutdated)) this.#refresh()
    })
  }

  /** A command is finished: handles the next one, after reading entries that others have written meanwhile. */
  #continue(): void {
    return this.#state === 'ready' && this.#isOutdated ? this.#refresh() : this.#next()
  }

  /** Loads the game from the journal, or applies the entries that others wrote since the last read. */
  async #readNew(): Promise<void> {
    if (this.#game !== null) return this.#readFrom(this.version)
    const found = await readGame(this.#shared.journal, this.id)
    if (found === null) return
    this.#game = found.game
    this.#loadedAt = found.game.version
    this.stopwatch.read(found.at)
    this.runAutomation()
  }

  async #readFrom(known: number): Promise<void> {
    for await (const page of pagesOf(this.#shared.journal, this.id, known))
      for (const { version, body } of page) if (version === this.version + 1) this.#apply(parseBody(body), null)
  }

  /** Answers every queued command with the same fault. */
  #refuseAll(fault: Fault): void {
    for (let pending = this.#queue?.shift(); pending !== undefined; pending = this.#queue?.shift())
      replyFault(pending.reply, fault)
  }

  #next(): void {
    while (this.#state === 'ready') {
      const pending = this.#queue?.shift()
      if (pending === undefined) return
      this.#decide(pending, 1)
    }
  }

  #decide(pending: PendingCommand, attempt: number): void {
    const game = this.#game
    const at = versionOf(pending.command)
    if (game !== null && at !== undefined && at < game.version - 1) return this.#repeat(pending, game, at)
    if (game !== null && at !== undefined && at > game.version && attempt === 1)
      return void this.#readThenDecide(pending)
    const now = this.#shared.clock.now()
    const decision = decide(game, complete(pending, game, this, now))
    switch (decision.type) {
      case 'rejected':
        return this.#refuse(pending, decision.rejection)
      case 'done':
        this.#shared.meter.count('repeats_total')
        return this.#acknowledge(pending, this.change())
      case 'event':
        // While the creation is being stored, reads must wait: the answer could be "no such game".
        const decided = { at: this.stopwatch.at(game, now), event: decision.event }
        if (game === null) return void this.#holdLoads(this.#store(pending, decided, attempt))
        return void this.#store(pending, decided, attempt)
    }
  }

  #store(pending: PendingCommand, decided: Stored, attempt: number): Promise<void> {
    this.#state = 'busy'
    const { at, event } = decided
    if (!isRematch(event)) return this.#append(pending, decided, attempt)
    assert(this.#game !== null, 'a rematch follows a game')
    // The rematch is created before its acceptance is stored: a client that reads the acceptance finds the game.
    return this.#host.rematch(this.id, this.#game).then(
      (next) => this.#append(pending, { at, event: { ...event, next } }, attempt),
      (cause: unknown) => void this.#fail(pending, cause),
    )
  }

  /** Uses callbacks instead of `await` for speed: every move runs through here. */
  #append(pending: PendingCommand, decided: Stored, attempt: number): Promise<void> {
    const { journal, clock } = this.#shared
    const startedAt = clock.now()
    return journal.append(this.id, this.version, makeBody(decided.at, decided.event)).then(
      (appended) => {
        this.#host.stored(null)
        if (appended === 'conflict') return this.#decideAgain(pending, attempt)
        this.#shared.meter.observe('commit_seconds', (clock.now() - startedAt) / 1000)
        this.#stored(pending, decided)
        return undefined
      },
      (cause: unknown) => this.#host.stored(this.#fail(pending, cause)),
    )
  }

  #stored(pending: PendingCommand, stored: Stored): void {
    const { meter, log } = this.#shared
    this.#state = 'ready'
    // A move after the fall of its flag is refused, and its answer shows no change: its sender is notified too.
    const change = this.#apply(stored, stored.event.type === 'flagged' ? null : pending.from)
    log.debug(makeLogFields(this, stored.event, pending), 'stored')
    countStored(meter, stored.event, change.view.outcome !== null)
    this.#acknowledge(pending, change)
    this.#continue()
  }

  /** After a conflict: reads what the other writer stored and decides the command against that. */
  async #decideAgain(pending: PendingCommand, attempt: number): Promise<void> {
    this.#shared.meter.count('conflicts_total')
    const before = this.#game
    if (!(await this.#hasReadNew(pending))) return
    this.#state = 'ready'
    const isStuck = attempt >= attemptsMax || this.#game === before
    if (isStuck) pending.reply.error('unavailable', 'other writers were faster each time: try again')
    else this.#decide(pending, attempt + 1)
    this.#continue()
  }

  /** The command names a newer version than this replica has: reads the journal before deciding. */
  async #readThenDecide(pending: PendingCommand): Promise<void> {
    this.#state = 'busy'
    if (!(await this.#hasReadNew(pending))) return
    // In a cluster this node, or the server it read from, may be partitioned away, so an unknown version is
    // `unavailable`, not `stale`.
    const isUnknown = this.#shared.peers !== null && (versionOf(pending.command) ?? 0) > this.version
    this.#state = 'ready'
    if (isUnknown) pending.reply.error('unavailable', 'this node has not received that version yet: try again')
    else this.#decide(pending, 2)
    this.#continue()
  }

  /** False if the journal could not be read; the command was then answered. */
  async #hasReadNew(pending: PendingCommand): Promise<boolean> {
    try {
      await this.#readNew()
      return true
    } catch (cause) {
      this.#fail(pending, cause)
      return false
    }
  }

  /** The state of the journal is uncertain after a failure: it must be read again before the next decision. */
  #fail(pending: PendingCommand, cause: unknown): Fault {
    const fault = faultOf(cause, this.#shared.log)
    this.#state = 'new'
    replyFault(pending.reply, fault)
    this.#refresh()
    return fault
  }

  #apply({ at, event }: Stored, except: Listener | null): Change {
    const game = evolve(this.#game, event)
    const now = this.#shared.clock.now()
    this.#game = game
    this.stopwatch.saw(at, now)
    // The commit has taken time: the view counts the clock down to now.
    const change = new Change(this.stopwatch.view(this.id, game, now))
    this.#audience?.tell(change, except)
    if (event.type === 'joined') this.#audience?.touch()
    this.#host.changed(this.id, game, event, at)
    this.runAutomation()
    return change
  }

  /** Lets the automation act: the game has changed, or something may be due in it. */
  runAutomation(): void {
    const game = this.#game
    if (game === null || (this.#automation === null && !GameAutomation.isFor(game))) return
    this.#automation ??= new GameAutomation(this.#shared, this, () => this.#host.chargedAddressOf(this.id))
    this.#automation.update(game, this.#audience?.presence() ?? null)
  }

  #acknowledge(pending: PendingCommand, change: Change | null): void {
    const { command, reply, from, listens } = pending
    assert(change !== null, 'an acknowledged command has a game')
    if (from !== null && listens) this.listen(from)
    const late = refusalOfLate(command, change.view)
    if (late === null) reply.change(change)
    else this.#refuse(pending, late)
  }

  #refuse({ reply }: PendingCommand, { name, message, ...detail }: Rejection): void {
    this.#shared.meter.count('rejections_total')
    if (name === 'stale') this.#shared.meter.count('stale_total')
    reply.error(name, message, detailOf(name, this.change()?.view, detail))
  }

  /** A command at an old version: a repeat of a stored command gets the same answer, any other is refused. */
  #repeat(pending: PendingCommand, now: Game, version: number): void {
    const { journal, meter, log } = this.#shared
    const { command, reply, from } = pending
    const work = async (): Promise<void> => {
      const then = await readLedTo(journal, this.id, command, version)
      const decision = decide(then ?? now, command)
      if (decision.type === 'rejected') return this.#refuse(pending, decision.rejection)
      meter.count('repeats_total')
      this.#acknowledge(pending, new Change(makeView(this.id, then ?? now)))
    }
    if (from === null) void answer(reply, work, log)
    else from.later(reply, work)
  }
}
