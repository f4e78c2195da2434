/** The queue of one live game. Each command is decided, its event appended and applied, and then it is answered. */
import { assert, BoundedQueue } from '../../base/index.ts'
import { type Accepted, decide, type Game, type Rejection } from '../../game/index.ts'
import { type Fault, makeBody, makeView, type Stored } from '../../protocol/index.ts'
import { countStored } from '../meter.ts'
import { detailOf, replyFault } from '../sessions/reply.ts'
import { answer } from '../sessions/slow-requests.ts'
import { Change } from './change.ts'
import { faultOf, readLedTo } from './fold.ts'
import { LiveGame } from './live-game.ts'
import { complete, isRematch, makeLogFields, type PendingCommand, refusalOfLate, versionOf } from './pending-command.ts'

/** How often one command is decided at most, when other writers are faster. */
const attemptsMax = 8

/** The attempt that follows a read of the journal: a version that is still unknown then leads to no second read. */
const attemptAfterRead = 2

export class Arbiter extends LiveGame {
  #queue: BoundedQueue<PendingCommand> | null = null

  submit(pending: PendingCommand): void {
    this.usedAt = this.shared.clock.now()
    const { phase, game } = this.replica
    // Creation is put-if-absent: the journal itself detects an existing game.
    const isCreation =
      pending.command.type === 'create' && (phase === 'unread' || (phase === 'current' && game === null))
    if (isCreation || (phase === 'current' && game !== null && !this.hasWaiting)) return this.#decide(pending, 1)
    this.#queue ??= new BoundedQueue(this.shared.limits.commandsPerGame)
    if (!this.#queue.push(pending))
      pending.reply.error('unavailable', 'too many commands wait for this game: try again')
    void this.load().catch(() => undefined)
  }

  protected get hasWaiting(): boolean {
    return this.#queue !== null && this.#queue.size > 0
  }

  protected run(): void {
    while (this.replica.phase === 'current') {
      const pending = this.#queue?.shift()
      if (pending === undefined) return
      this.#decide(pending, 1)
    }
  }

  protected refuseAll(fault: Fault): void {
    for (let pending = this.#queue?.shift(); pending !== undefined; pending = this.#queue?.shift())
      replyFault(pending.reply, fault)
  }

  #decide(pending: PendingCommand, attempt: number): void {
    const { game } = this
    const version = versionOf(pending.command)
    if (game !== null && version !== undefined && version < game.version - 1)
      return this.#repeat(pending, game, version)
    if (game !== null && version !== undefined && version > game.version && attempt === 1)
      return void this.#readThenDecide(pending)
    const now = this.shared.clock.now()
    const decision = decide(game, complete(pending, game, this, now))
    switch (decision.type) {
      case 'rejected':
        return this.#refuse(pending, decision.rejection)
      case 'done':
        this.shared.meter.count('repeats_total')
        return this.#acknowledge(pending, this.change())
      case 'event': {
        this.advance('taken')
        const { event } = decision
        const at = this.stopwatch.at(game, now)
        const storing = isRematch(event)
          ? this.#storeRematch(pending, { at, event }, attempt)
          : this.#append(pending, { at, event }, attempt)
        // While the creation is being stored, reads must wait: the answer could be "no such game".
        if (game === null) this.holdReaders(storing)
      }
    }
  }

  /** The rematch is created before its acceptance is stored: a client that reads the acceptance finds the game. */
  async #storeRematch(
    pending: PendingCommand,
    { at, event }: Stored & { readonly event: Accepted },
    attempt: number,
  ): Promise<void> {
    assert(this.game !== null, 'a rematch follows a game')
    let next: string
    try {
      next = await this.owner.rematch(this.id, this.game)
    } catch (cause) {
      return void this.#fail(pending, cause)
    }
    return this.#append(pending, { at, event: { ...event, next } }, attempt)
  }

  /** Uses callbacks instead of `await` for speed: every move runs through here. */
  #append(pending: PendingCommand, decided: Stored, attempt: number): Promise<void> {
    const { journal, clock, meter } = this.shared
    const startedAt = clock.now()
    return journal.append(this.id, this.version, makeBody(decided.at, decided.event)).then(
      (appended) => {
        this.owner.appendEnded(null)
        if (appended === 'conflict') return this.#decideAgain(pending, attempt)
        meter.observe('commit_seconds', (clock.now() - startedAt) / 1000)
        this.#stored(pending, decided)
        return undefined
      },
      (cause: unknown) => this.owner.appendEnded(this.#fail(pending, cause)),
    )
  }

  #stored(pending: PendingCommand, stored: Stored): void {
    const { meter, log } = this.shared
    this.advance('freed')
    // A late move stores the fall of the flag and is answered with an error, so its sender needs the notification too.
    const change = this.apply(stored, stored.event.type === 'flagged' ? null : pending.from)
    log.debug(makeLogFields(this, stored.event, pending), 'stored')
    countStored(meter, stored.event, change.view.outcome !== null)
    this.#acknowledge(pending, change)
    this.owner.stored(stored.event, change.view, this)
    this.advance('handled')
  }

  /** After a conflict: reads what the other writer stored and decides the command against that. */
  async #decideAgain(pending: PendingCommand, attempt: number): Promise<void> {
    this.shared.meter.count('conflicts_total')
    const before = this.game
    if (!(await this.#hasReadNew(pending))) return
    this.advance('freed')
    if (this.game === before)
      pending.reply.error('unavailable', 'this node has not received the newest event yet: try again')
    else if (attempt >= attemptsMax)
      pending.reply.error('unavailable', 'other writers were faster each time: try again')
    else this.#decide(pending, attempt + 1)
    this.advance('handled')
  }

  /** The command names a newer version than this replica has: reads the journal before deciding. */
  async #readThenDecide(pending: PendingCommand): Promise<void> {
    this.advance('taken')
    if (!(await this.#hasReadNew(pending))) return
    // In a cluster this node, or the server it read from, may be partitioned away, so an unknown version is
    // `unavailable`, not `stale`.
    const isUnknown = this.shared.peers !== null && (versionOf(pending.command) ?? 0) > this.version
    this.advance('freed')
    if (isUnknown) pending.reply.error('unavailable', 'this node has not received that version yet: try again')
    else this.#decide(pending, attemptAfterRead)
    this.advance('handled')
  }

  /** False if the journal could not be read; the command was then answered. */
  async #hasReadNew(pending: PendingCommand): Promise<boolean> {
    try {
      await this.readNew()
      return true
    } catch (cause) {
      this.#fail(pending, cause)
      return false
    }
  }

  #fail(pending: PendingCommand, cause: unknown): Fault {
    const fault = faultOf(cause, this.shared.log)
    replyFault(pending.reply, fault)
    this.advance('failed')
    return fault
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
    this.shared.meter.count('rejections_total')
    if (name === 'stale') this.shared.meter.count('stale_total')
    reply.error(name, message, detailOf(name, this.change()?.view, detail))
  }

  /** A command at an old version: a repeat of a stored command gets the same answer, any other is refused. */
  #repeat(pending: PendingCommand, newest: Game, version: number): void {
    const { journal, meter, log } = this.shared
    const { command, reply, from } = pending
    const work = async (): Promise<void> => {
      const game = (await readLedTo(journal, this.id, command, version)) ?? newest
      const decision = decide(game, command)
      if (decision.type === 'rejected') return this.#refuse(pending, decision.rejection)
      meter.count('repeats_total')
      this.#acknowledge(pending, new Change(makeView(this.id, game)))
    }
    if (from === null) void answer(reply, work, log)
    else from.lookBack(reply, work)
  }
}
