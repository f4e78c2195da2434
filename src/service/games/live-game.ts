/** One game in memory: its replica, clock, audience and automation. `Arbiter` adds the queue of its commands. */
import type { Timer } from '../../base/index.ts'
import { type Event, evolve, type Game, type Player } from '../../game/index.ts'
import { pagesOf } from '../../journal/index.ts'
import { type Fault, type GameView, parseBody, type Stored } from '../../protocol/index.ts'
import { Audience, type Listener } from '../audience/audience.ts'
import type { ServiceContext } from '../context.ts'
import type { Attended } from '../push/push.ts'
import { GameAutomation } from './automation.ts'
import { Change } from './change.ts'
import { faultOf, readGame } from './fold.ts'
import type { PendingCommand } from './pending-command.ts'
import { canApply, type Effect, type Input, isKnown, step, unreadReplica, versionIn } from './replica.ts'
import { Stopwatch } from './stopwatch.ts'

/** What a live game needs from its owner. */
export interface GameOwner {
  /** `event`, decided at the stored time `at` (ms), has changed `game`. */
  changed(id: string, game: Game, event: Event, at: number): void
  /** A listener has joined or left the audience of `game`. */
  audienceChanged(id: string, game: Game): void
  /**
   * The address that bot computations of this game are charged to: a connected player's, else the one that loaded the
   * game.
   */
  chargedAddressOf(id: string): string
  /** Creates the rematch of `game` and resolves with its id. @throws Fault */
  rematch(id: string, game: Game): Promise<string>
  /** This node has stored `event`, which led to `view`. */
  stored(event: Event, view: GameView, game: Attended): void
  /** Reports how an append ended; null: the journal answered, also with a conflict. */
  appendEnded(fault: Fault | null): void
}

/** Delay before the journal is read again after a read that failed or that lagged, in ms. */
const readAgainMs = 1_000

export abstract class LiveGame implements Attended {
  readonly id: string
  protected readonly shared: ServiceContext
  protected readonly owner: GameOwner
  readonly stopwatch: Stopwatch
  protected replica = unreadReplica
  /** Monotonic time of the last request. */
  protected usedAt: number
  /** The version at which the game was loaded from the journal; 0 if it was created here. */
  #loadedAt = 0
  #audience: Audience | null = null
  #automation: GameAutomation | null = null
  /** The work that readers must wait for; null if they need not wait. */
  #work: Promise<void> | null = null
  #retryTimer: Timer | null = null

  constructor(id: string, shared: ServiceContext, owner: GameOwner) {
    this.id = id
    this.shared = shared
    this.owner = owner
    this.stopwatch = new Stopwatch(shared, id)
    this.usedAt = shared.clock.now()
  }

  /** Queues a command. Its reply is called when the command is decided and its event, if any, is durable. */
  abstract submit(pending: PendingCommand): void
  /** Decides the waiting commands, while the replica is current. */
  protected abstract run(): void
  /** Answers every waiting command with the same fault. */
  protected abstract refuseAll(fault: Fault): void
  protected abstract get hasWaiting(): boolean

  /** True if {@link load} answers from memory. */
  get isKnown(): boolean {
    return isKnown(this.replica)
  }

  /** The durable state; null if no such game exists. Only valid once {@link load} has resolved. */
  get game(): Game | null {
    return this.replica.game
  }

  /** The version of the durable state; 0 if no such game exists. */
  get version(): number {
    return versionIn(this.replica)
  }

  /** Events up to this version were read on loading, and not reported to the owner; every later one was. */
  get notifiedSince(): number {
    return this.#loadedAt
  }

  /** Null while nobody listens. */
  get audience(): Audience | null {
    return this.#audience
  }

  /** The current state, with the clocks counted down to now; null if no such game exists. */
  change(): Change | null {
    return this.game && new Change(this.stopwatch.view(this.id, this.game, this.shared.clock.now()))
  }

  /** Resolves when {@link game} is known. @throws Fault */
  async load(): Promise<void> {
    this.usedAt = this.shared.clock.now()
    this.advance('needed')
    while (this.#work !== null) {
      await this.#work
      if (this.replica.phase === 'unread') this.advance('needed')
    }
    this.#automation?.audienceChanged(true)
  }

  /** From now on `listener` is notified of every change and of presence. */
  listen(listener: Listener): void {
    this.#audience ??= new Audience(this.id, this.shared, {
      game: () => this.game,
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
    this.#automation?.audienceChanged(this.#isWatched)
    if (this.game === null) return
    this.owner.audienceChanged(this.id, this.game)
    if (this.game.awaited.length > 0) this.runAutomation()
  }

  /** The address of a connection with which the account watches this game; null if there is none. */
  addressOf(account: string): string | null {
    return this.#audience?.addressOf(account) ?? null
  }

  isOnline(player: Player): boolean {
    return this.#audience?.presence().online[player] ?? this.stopwatch.isElsewhere(player)
  }

  /** The journal holds entry `version`, of any node. `parse` parses it; null: it must be read from the journal. */
  receive(version: number, parse: (() => Stored) | null): void {
    if (version <= this.version) return
    if (parse !== null && canApply(this.replica, version)) this.apply(parse(), null)
    else this.advance({ type: 'reported', version })
  }

  /** True if the game can leave memory at `now` without losing anything. */
  isIdle(now: number): boolean {
    const { phase } = this.replica
    const isSettled = (phase === 'current' || phase === 'unread') && !this.hasWaiting
    const isAlone = !this.#isWatched && !(this.#automation?.isNeeded ?? false)
    return isSettled && isAlone && (this.game === null || now - this.usedAt >= this.shared.limits.idleGameMs)
  }

  /** Lets the automation act: the game has changed, or something may be due in it. */
  runAutomation(): void {
    const { game } = this
    if (game === null || (this.#automation === null && !GameAutomation.isFor(game))) return
    this.#automation ??= new GameAutomation(this.shared, this, () => this.owner.chargedAddressOf(this.id))
    this.#automation.update(game, this.#audience?.presence() ?? null)
  }

  /** Cancels all timers. */
  close(): void {
    this.#audience?.close()
    this.#automation?.close()
    this.#retryTimer?.cancel()
  }

  protected advance(input: Input): void {
    const { replica, effects } = step(this.replica, input, this.#isWatched || this.hasWaiting)
    this.replica = replica
    for (const effect of effects) this.#perform(effect)
  }

  /** Applies the next event, which is durable. `except` is not notified. */
  protected apply({ at, event }: Stored, except: Listener | null): Change {
    const game = evolve(this.game, event)
    const now = this.shared.clock.now()
    this.advance({ type: 'applied', game })
    this.stopwatch.saw(at, now)
    // The commit has taken time: the view counts the clock down to now.
    const change = new Change(this.stopwatch.view(this.id, game, now))
    this.#audience?.tell(change, except)
    if (event.type === 'joined') this.#audience?.touch()
    this.owner.changed(this.id, game, event, at)
    this.runAutomation()
    return change
  }

  /** Loads the game from the journal, or applies the entries that others wrote since the last read. @throws JournalFault */
  protected async readNew(): Promise<void> {
    if (this.game !== null) return this.#readFrom(this.version)
    const found = await readGame(this.shared.journal, this.id)
    if (found === null) return
    this.advance({ type: 'applied', game: found.game })
    this.#loadedAt = found.game.version
    this.stopwatch.read(found.at)
    this.runAutomation()
  }

  async #readFrom(known: number): Promise<void> {
    for await (const page of pagesOf(this.shared.journal, this.id, known))
      for (const { version, body } of page) if (version === this.version + 1) this.apply(parseBody(body), null)
  }

  /** Lets readers wait for `work`. */
  protected holdReaders(work: Promise<void>): void {
    const held = work.finally(() => this.#work === held && (this.#work = null))
    this.#work = held
    // Without a reader that waits for it, a failure has nobody to be reported to.
    held.catch(() => undefined)
  }

  get #isWatched(): boolean {
    return this.#audience !== null && this.#audience.size > 0
  }

  #perform(effect: Effect): void {
    switch (effect) {
      case 'run':
        return this.run()
      case 'startRead':
        return this.holdReaders(this.#read())
      case 'retryLater':
        this.#retryTimer ??= this.shared.clock.after(readAgainMs, () => {
          this.#retryTimer = null
          this.advance('retryDue')
        })
    }
  }

  async #read(): Promise<void> {
    try {
      await this.readNew()
    } catch (cause) {
      this.advance('failed')
      const fault = faultOf(cause, this.shared.log)
      this.refuseAll(fault)
      throw fault
    }
    this.advance('readEnded')
  }
}
