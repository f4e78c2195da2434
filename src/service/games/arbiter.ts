/** One live game: asks wait in line, each is decided, made durable, folded in and told, one at a time. */
import { assert, BoundedQueue, type Timer } from '../../base/index.ts'
import { decide, evolve, type Game, type Rejection } from '../../game/index.ts'
import { pagesOf } from '../../journal/index.ts'
import { type Fault, makeBody, makeView, parseBody, type Stored } from '../../protocol/index.ts'
import { type PendingCommand, complete, isRematch, makeLogFields, versionOf } from './pending-command.ts'
import { GameAutomation } from './automation.ts'
import { Audience, type Listener } from '../audience/audience.ts'
import { Change } from './change.ts'
import { answer } from '../sessions/slow-requests.ts'
import { faultOf, readGame, readLedTo } from './fold.ts'
import type { ArbiterHost } from './arbiter-host.ts'
import { countStored } from '../meter.ts'
import { detailOf } from '../sessions/reply.ts'
import type { Shared } from '../context.ts'
import { Stopwatch } from './stopwatch.ts'

/** loading: the journal is being read. ready: the next ask may be decided. busy: an ask is on its way to the journal. */
type State = 'new' | 'loading' | 'ready' | 'busy'

/** How often one ask is decided again because another writer was faster. */
const attemptsMax = 8

/** How long after it was in vain the journal is read again for those who listen, in ms. */
const readAgainMs = 1_000

export class Arbiter {
  readonly id: string
  readonly #shared: Shared
  readonly #host: ArbiterHost
  #state: State = 'new'
  #game: Game | null = null
  /** The version at which the game was taken from the journal; 0 if it began here. */
  #loadedAt = 0
  readonly stopwatch: Stopwatch
  /** Monotonic time of the last request. */
  #usedAt: number
  #line: BoundedQueue<PendingCommand> | null = null
  #audience: Audience | null = null
  #attendant: GameAutomation | null = null
  #loaded: Promise<void> | null = null
  /** The newest version that was heard of and could not be taken over at once. */
  #heard = 0
  #again: Timer | null = null

  constructor(id: string, shared: Shared, host: ArbiterHost) {
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

  /** The durable state, null where no such game exists. Only known once {@link load} has resolved. */
  get game(): Game | null {
    return this.#game
  }

  /** Of the durable state; 0 where no such game exists. */
  get version(): number {
    return this.#game?.version ?? 0
  }

  /** The host was told of every event behind this version. */
  get toldSince(): number {
    return this.#loadedAt
  }

  /** Null while nobody listens. */
  get audience(): Audience | null {
    return this.#audience
  }

  get listeners(): number {
    return this.#audience?.size ?? 0
  }

  /** The state as of now, its clocks counted down. */
  change(): Change | null {
    return this.#game && new Change(this.stopwatch.view(this.id, this.#game, this.#shared.clock.now()))
  }

  /** Takes an ask in line. Its reply is called when the outcome is known and, if an event follows, durable. */
  submit(ask: PendingCommand): void {
    this.#usedAt = this.#shared.clock.now()
    // Creation is put-if-absent: the journal itself says whether the game is there.
    this.#doubt()
    const isFirst = this.#state === 'new' && ask.command.type === 'create'
    if (isFirst || (this.#state === 'ready' && (this.#line?.size ?? 0) === 0)) return this.#take(ask, 1)
    this.#line ??= new BoundedQueue(this.#shared.limits.commandsPerGame)
    if (!this.#line.push(ask)) ask.reply.error('unavailable', 'too many commands wait for this game')
    void this.load().catch(() => undefined)
  }

  /** Resolves when {@link game} is known. @throws Fault */
  async load(): Promise<void> {
    this.#usedAt = this.#shared.clock.now()
    this.#doubt()
    while (this.#state === 'new' || this.#loaded !== null) await (this.#loaded ?? this.#hold(this.#load()))
    this.#attendant?.gathered(true)
  }

  /** From now on `listener` hears of every change and of presence. */
  listen(listener: Listener): void {
    this.#audience ??= new Audience(this.id, this.#shared, {
      game: () => this.#game,
      announced: (presence) => this.#attendant?.presence(presence),
      isAwaiting: () => this.#attendant?.isAwaiting ?? false,
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

  /** Who listens has changed, or somebody who does has become another account. */
  recognise(): void {
    this.#audience?.touch()
    this.#attendant?.gathered(this.listeners > 0)
    if (this.#game === null) return
    this.#host.gathered(this.id, this.#game)
    if (this.#game.awaited.length > 0) this.attend()
  }

  /** The address of an open connection of the account that hears of this game; null without one. */
  addressOf(account: string): string | null {
    return this.#audience?.addressOf(account) ?? null
  }

  /** The journal holds an entry with this version, of any writer; `read` parses it, null: it has to be read there. */
  hear(version: number, read: (() => Stored) | null): void {
    if (version <= this.version) return
    if (read !== null && this.#state === 'ready' && version === this.version + 1) return void this.#apply(read(), null)
    this.#heard = Math.max(this.#heard, version)
    if (this.#state === 'ready' || this.#state === 'new') this.#refresh()
  }

  /** Whether nothing would be lost by forgetting this game at `now`. */
  isIdle(now: number): boolean {
    const isSettled = (this.#state === 'ready' || this.#state === 'new') && (this.#line?.size ?? 0) === 0
    const isAlone = this.listeners === 0 && !(this.#attendant?.isNeeded ?? false)
    return isSettled && isAlone && (this.#game === null || now - this.#usedAt >= this.#shared.limits.idleGameMs)
  }

  /** Releases timers. */
  close(): void {
    this.#audience?.close()
    this.#attendant?.close()
    this.#again?.cancel()
  }

  #hold(work: Promise<void>): Promise<void> {
    const held = work.finally(() => this.#loaded === held && (this.#loaded = null))
    return (this.#loaded = held)
  }

  async #load(): Promise<void> {
    this.#state = 'loading'
    try {
      await this.#look()
      if (this.#isBehind) await this.#look()
    } catch (cause) {
      this.#state = 'new'
      const fault = faultOf(cause, this.#shared.log)
      this.#dismiss(fault)
      this.#refreshLater()
      throw fault
    }
    this.#state = 'ready'
    if (this.#isBehind) this.#refreshLater() // A copy of the journal may lag.
    this.#next()
  }

  /** That there is no such game is never known for long: another node may have made it. */
  #doubt(): void {
    if (this.#state === 'ready' && this.#game === null) this.#state = 'new'
  }

  /** Whether the journal holds more than is known here. */
  get #isBehind(): boolean {
    return this.#heard > (this.#game?.version ?? 0)
  }

  /** The game as it is here is not to be trusted: the journal is read, now if somebody waits, else when somebody asks. */
  #refresh(): void {
    this.#state = 'new'
    if (this.listeners > 0 || (this.#line?.size ?? 0) > 0) void this.load().catch(() => undefined)
  }

  #refreshLater(): void {
    this.#again ??= this.#shared.clock.after(readAgainMs, () => {
      this.#again = null
      if (this.#state === 'new' || (this.#state === 'ready' && this.#isBehind)) this.#refresh()
    })
  }

  /** An ask is through: the next one, unless others have written meanwhile. */
  #proceed(): void {
    return this.#state === 'ready' && this.#isBehind ? this.#refresh() : this.#next()
  }

  /** Takes the game from the journal, as it is there. */
  async #look(): Promise<void> {
    if (this.#game !== null) return this.#catchUp(this.#game)
    const found = await readGame(this.#shared.journal, this.id)
    if (found === null) return
    this.#game = found.game
    this.#loadedAt = found.game.version
    this.stopwatch.read(found.at)
    this.attend()
  }

  /** Everybody in line gets the same answer. */
  #dismiss(fault: Fault): void {
    for (let ask = this.#line?.shift(); ask !== undefined; ask = this.#line?.shift())
      ask.reply.error(fault.fault, fault.message, fault.detail)
  }

  #next(): void {
    while (this.#state === 'ready') {
      const ask = this.#line?.shift()
      if (ask === undefined) return
      this.#take(ask, 1)
    }
  }

  #take(ask: PendingCommand, attempt: number): void {
    const game = this.#game
    const at = versionOf(ask.command)
    if (game !== null && at !== undefined && at < game.version - 1) return this.#repeat(ask, game, at)
    if (game !== null && at !== undefined && at > game.version && attempt === 1) return void this.#lookFirst(ask, game)
    const now = this.#shared.clock.now()
    const decision = decide(game, complete(ask, game, this, now))
    switch (decision.type) {
      case 'rejected':
        return this.#refuse(ask, decision.rejection)
      case 'done':
        this.#shared.meter.count('repeats_total')
        return this.#acknowledge(ask, this.change())
      case 'event':
        // Until its creation is stored nobody can say that there is no such game.
        const decided = { at: this.stopwatch.at(game, now), event: decision.event }
        if (game === null) return void this.#hold(this.#store(ask, decided, attempt))
        return void this.#store(ask, decided, attempt)
    }
  }

  #store(ask: PendingCommand, decided: Stored, attempt: number): Promise<void> {
    this.#state = 'busy'
    const { at, event } = decided
    if (!isRematch(event)) return this.#append(ask, decided, attempt)
    assert(this.#game !== null, 'a rematch follows a game')
    // It is made before it is agreed: whoever reads of it finds it.
    return this.#host.rematch(this.id, this.#game).then(
      (next) => this.#append(ask, { at, event: { ...event, next } }, attempt),
      (cause: unknown) => void this.#fail(ask, cause),
    )
  }

  /** Callbacks instead of awaiting: this is on every move's way. */
  #append(ask: PendingCommand, decided: Stored, attempt: number): Promise<void> {
    const { journal, clock } = this.#shared
    const startedAt = clock.now()
    const { at, event } = decided
    return journal.append(this.id, this.#game?.version ?? 0, makeBody(at, event)).then(
      (appended) => {
        this.#host.stored(null)
        if (appended === 'conflict') return this.#decideAgain(ask, attempt)
        this.#shared.meter.observe('commit_seconds', (clock.now() - startedAt) / 1000)
        this.#stored(ask, decided)
        return undefined
      },
      (cause: unknown) => this.#host.stored(this.#fail(ask, cause)),
    )
  }

  #stored(ask: PendingCommand, stored: Stored): void {
    const { meter, log } = this.#shared
    this.#state = 'ready'
    // A move that is the fall of its flag is refused: the answer does not show what has changed.
    const change = this.#apply(stored, stored.event.type === 'flagged' ? null : ask.from)
    log.debug(makeLogFields(this, stored.event, ask), 'stored')
    countStored(meter, stored.event, change.view.outcome !== null)
    this.#acknowledge(ask, change)
    this.#proceed()
  }

  /** Another writer was faster: what it wrote is read, and the ask is decided against that. */
  async #decideAgain(ask: PendingCommand, attempt: number): Promise<void> {
    this.#shared.meter.count('conflicts_total')
    const before = this.#game
    try {
      await this.#catchUp(before)
    } catch (cause) {
      return void this.#fail(ask, cause)
    }
    this.#state = 'ready'
    const isStuck = attempt >= attemptsMax || this.#game === before
    if (isStuck) ask.reply.error('unavailable', 'other writers keep being faster')
    else this.#take(ask, attempt + 1)
    this.#proceed()
  }

  /** Whoever asks has seen more than this node: what is in the journal decides. */
  async #lookFirst(ask: PendingCommand, game: Game): Promise<void> {
    this.#state = 'busy'
    try {
      await this.#catchUp(game)
    } catch (cause) {
      return void this.#fail(ask, cause)
    }
    // Of many nodes this one may be cut off, and so may be the server that it read from: that is no ground for a no.
    const isUnheard = this.#shared.peers !== null && (versionOf(ask.command) ?? 0) > (this.#game?.version ?? 0)
    this.#state = 'ready'
    if (isUnheard) ask.reply.error('unavailable', 'this node has not heard of that version yet')
    else this.#take(ask, 2)
    this.#proceed()
  }

  /** Takes over what others wrote behind `game`. */
  async #catchUp(game: Game | null): Promise<void> {
    if (game === null) return this.#look()
    for await (const page of pagesOf(this.#shared.journal, this.id, game.version))
      for (const { version, body } of page)
        if (version === (this.#game?.version ?? 0) + 1) this.#apply(parseBody(body), null)
  }

  /** What is in the journal is not known any more: the next decision needs a fresh look. */
  #fail(ask: PendingCommand, cause: unknown): Fault {
    const fault = faultOf(cause, this.#shared.log)
    this.#state = 'new'
    ask.reply.error(fault.fault, fault.message, fault.detail)
    this.#refresh()
    return fault
  }

  #apply({ at, event }: Stored, except: Listener | null): Change {
    const game = evolve(this.#game, event)
    const now = this.#shared.clock.now()
    this.#game = game
    this.stopwatch.saw(at, now)
    // Its commit has taken time already.
    const change = new Change(this.stopwatch.view(this.id, game, now))
    this.#audience?.tell(change, except)
    if (event.type === 'joined') this.#audience?.touch()
    this.#host.changed(this.id, game, event, at)
    this.attend()
    return change
  }

  /** The game has changed, or something may be due in it. */
  attend(): void {
    const game = this.#game
    if (game === null || (this.#attendant === null && !GameAutomation.isFor(game))) return
    this.#attendant ??= new GameAutomation(this.#shared, this, () => this.#host.askerOf(this.id))
    this.#attendant.see(game, this.#audience?.presence() ?? null)
  }

  #acknowledge(ask: PendingCommand, change: Change | null): void {
    const { command, reply, from, listens } = ask
    assert(change !== null, 'an acknowledged command has a game')
    if (from !== null && listens) this.listen(from)
    // The flag fell before the command: that is what was stored, and so what a repeat is told.
    const { last } = change.view
    if (!('by' in command) || last?.type !== 'flagged') return reply.change(change)
    const message = command.type === 'move' ? 'your time was over' : `the time of ${last.player} was over`
    this.#refuse(ask, { name: 'game-over', message })
  }

  #refuse({ reply }: PendingCommand, { name, message, ...detail }: Rejection): void {
    this.#shared.meter.count('rejections_total')
    if (name === 'stale') this.#shared.meter.count('stale_total')
    reply.error(name, message, detailOf(name, this.change()?.view, detail))
  }

  /** A command at an old version: a repeat gets the answer it got, anything else is refused. Either has to be read. */
  #repeat(ask: PendingCommand, now: Game, version: number): void {
    const { journal, meter, log } = this.#shared
    const { command, reply, from } = ask
    const work = async (): Promise<void> => {
      const then = await readLedTo(journal, this.id, command, version)
      const decision = decide(then ?? now, command)
      if (decision.type === 'rejected') return this.#refuse(ask, decision.rejection)
      meter.count('repeats_total')
      this.#acknowledge(ask, new Change(makeView(this.id, then ?? now)))
    }
    if (from === null) void answer(reply, work, log)
    else from.later(reply, work)
  }
}
