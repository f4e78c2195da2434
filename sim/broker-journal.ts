/** A node's journal over the shared broker: answers are delayed, lost, or never sent. */
import {
  type Appended,
  type Entry,
  type GameId,
  type OnEntries,
  type Journal,
  JournalFault,
  type JournalFaultName,
  type Listening,
  pageEntriesMax,
  type Position,
  type Subscription,
  type Version,
} from '../src/journal/index.ts'
import type { Random } from '../src/base/index.ts'
import { Feed } from '../src/journal/follower.ts'
import type { Broker, Offer, Written } from './broker.ts'
import type { FaultName } from './plan.ts'
import type { World } from './world.ts'

/** One life of a node, from a start to its end, as its journal sees it. */
export interface BrokerClient {
  readonly id: string
  /** False once the node has crashed: it gets no more answers. */
  readonly isAlive: boolean
  /** Whether it is partitioned from the broker. */
  readonly isIsolated: boolean
}

/** How long an append waits for its answer, in ms. */
const patienceMs = 600

export interface BrokerJournalOptions {
  /** Whether an acknowledgement is verified by a read before it is trusted. */
  readonly verifies: boolean
}

export class BrokerJournal implements Journal {
  readonly id: string
  readonly durability = 'quorum'
  readonly #world: World
  readonly #broker: Broker
  readonly #owner: BrokerClient
  readonly #random: Random
  readonly #verifies: boolean
  /** When the last append to each game arrives; appends keep their order. */
  readonly #arrivals = new Map<GameId, number>()
  readonly #feed: Feed<Written>
  #isClosed = false

  constructor(world: World, broker: Broker, owner: BrokerClient, { verifies }: BrokerJournalOptions) {
    this.id = broker.id
    this.#world = world
    this.#broker = broker
    this.#owner = owner
    this.#verifies = verifies
    this.#random = world.random(`journal of ${owner.id}`)
    this.#feed = new Feed<Written>({
      end: broker.log.length,
      page: (after) => (owner.isIsolated ? [] : broker.log.slice(after)),
      pause: (isRetry) => this.#lag(isRetry),
    })
    const leave = broker.onStored(() => (owner.isAlive ? this.#feed.grow(broker.log.length) : leave()))
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    if (this.#isClosed) return Promise.reject(closed())
    const { promise, resolve, reject } = Promise.withResolvers<Appended>()
    const offer: Offer = { game, after, body, by: this.#owner.id, sentAt: this.#world.now }
    const sent = this.#world.note(this.#owner.id, `append ${describe(offer)}`)
    const fate = this.#fate()
    if (fate === 'refusedAppend') {
      this.#later(this.#latency(), () => reject(this.#fault(fate, this.#refusal(), 'nothing was stored')))
      return promise
    }
    if (fate !== null) this.#later(patienceMs, () => reject(this.#fault(fate, 'outcome-unknown', 'no answer came')))
    if (fate === 'lostAppend') return promise
    const arrival =
      fate === 'lateAppend' ? this.#world.now + this.#world.extent(fate, patienceMs, 2_000) : this.#arrival(game)
    // An append in flight arrives even if its sender crashes.
    this.#world.schedule.at(arrival, () => {
      const written = this.#broker.store(offer)
      const stored = this.#world.note('journal', `${describe(offer)}: ${this.#saying(written)}`, {
        from: sent,
        kind: written !== null && this.#broker.isVoid(written) ? 'fault' : 'plain',
      })
      if (fate !== null) return
      this.#later(this.#latency(), () => {
        this.#world.note(this.#owner.id, '', { from: stored })
        resolve(this.#verdict(offer, written))
      })
    })
    return promise
  }

  read(game: GameId, after: Version = 0, limit: number = pageEntriesMax): Promise<readonly Entry[]> {
    return this.#read(() => this.#broker.entries(game).slice(after, after + Math.min(limit, pageEntriesMax)))
  }

  readBack(game: GameId, before: Version = Infinity, limit: number = pageEntriesMax): Promise<readonly Entry[]> {
    return this.#read(() => {
      const below = this.#broker.entries(game).filter(({ version }) => version < before)
      return below.slice(-Math.min(limit, pageEntriesMax))
    })
  }

  #read(find: () => readonly Entry[]): Promise<readonly Entry[]> {
    if (this.#isClosed) return Promise.reject(closed())
    const { promise, resolve, reject } = Promise.withResolvers<readonly Entry[]>()
    if (this.#owner.isIsolated || this.#world.strikes('failedRead')) {
      this.#later(this.#latency() * 10, () =>
        reject(this.#fault('failedRead', 'unavailable', 'the journal cannot be read')),
      )
      return promise
    }
    this.#world.schedule.after(this.#latency(), () => {
      const entries = find()
      this.#later(this.#latency(), () => resolve(entries))
    })
    return promise
  }

  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription {
    if (this.#isClosed) throw closed()
    return this.#feed.follow(Number(after), (records) => {
      const entries = records.filter((entry) => !this.#broker.isVoid(entry))
      if (entries.length > 0) hear(entries)
    })
  }

  /** Some entries, at random, are notified without their content (null). */
  listen(game: GameId, hear: OnEntries): Listening {
    return this.follow(String(this.#feed.end), (entries) => {
      for (const entry of entries)
        if (entry.game === game) hear(entry.version, this.#random.below(8) === 0 ? null : entry)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#feed.close()
  }

  /** The fault that strikes an append; null if none does. */
  #fate(): FaultName | null {
    if (this.#owner.isIsolated) return 'lostAppend'
    const fates = ['refusedAppend', 'lostAppend', 'unansweredAppend', 'lateAppend'] as const
    return fates.find((fate) => this.#world.strikes(fate)) ?? null
  }

  #verdict(offer: Offer, written: Written | null): Appended {
    if (written === null) return 'conflict'
    written.answeredAt = this.#world.now
    // Invariant: the first entry with a version wins, whatever the broker has acknowledged.
    const isFirst = this.#broker.entries(offer.game)[offer.after] === written
    return isFirst || !this.#verifies ? 'stored' : 'conflict'
  }

  #saying(written: Written | null): string {
    if (written === null) return 'conflict'
    return this.#broker.isVoid(written) ? 'acknowledged, but void' : 'stored'
  }

  #refusal(): JournalFaultName {
    return this.#random.below(2) === 0 ? 'storage-full' : 'unavailable'
  }

  #fault(fate: FaultName, name: JournalFaultName, message: string): JournalFault {
    this.#world.note(this.#owner.id, `${fate}: ${name}`, { kind: 'fault' })
    return new JournalFault(name, message)
  }

  #latency(): number {
    return 1 + this.#random.below(4)
  }

  /** When an append sent now arrives: not before the earlier ones. */
  #arrival(game: GameId): number {
    const isSlow = this.#world.strikes('slowAppend')
    const transit = isSlow ? this.#world.extent('slowAppend', 20, patienceMs - 100) : this.#latency()
    const arrival = Math.max(this.#world.now + transit, this.#arrivals.get(game) ?? 0)
    this.#arrivals.set(game, arrival)
    return arrival
  }

  /** Waits until entries reach the node: never if it crashes first, and not while it is isolated. */
  #lag(isRetry: boolean): Promise<void> {
    const lag = this.#world.strikes('followLag') ? this.#world.extent('followLag', 30, 900) : 2
    return new Promise((resolve) => this.#later(lag + (isRetry ? 50 : 0), resolve))
  }

  /** Calls later, unless the node has crashed by then. */
  #later(ms: number, call: () => void): void {
    this.#world.schedule.after(ms, () => {
      if (this.#owner.isAlive) call()
    })
  }
}

function closed(): JournalFault {
  return new JournalFault('unavailable', 'the journal is closed')
}

/** `g1 5 moved` */
function describe({ game, after, body }: Offer): string {
  const [, type = ''] = /"type":"(\w+)"/.exec(body) ?? []
  return `${game} ${after + 1} ${type}`
}
