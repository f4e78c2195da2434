/** One journal of several, its partitions: each game lives in one of them, and whoever follows hears all. */
import { CatchingUp, Followers } from './followers.ts'
import type { Appended, Durability, Entry, GameId, Hear as HearOne, Journal, JournalId } from './journal.ts'
import type { Listening, Position, Subscription, Version } from './journal.ts'
import { deriveId } from './journal-id.ts'
import { partitionOf } from './partition.ts'
import { joinPositions, splitPosition } from './position.ts'

type Hear = (entries: readonly Entry[]) => void
type Page = readonly [from?: Version, limit?: number]

export class PartitionedJournal implements Journal {
  /** Follows from those of the partitions: with one of them replaced it is another journal. */
  readonly id: JournalId
  /** What all partitions survive. */
  readonly durability: Durability
  readonly #partitions: readonly Journal[]
  readonly #followers = new Followers<Merge>()

  /** `partitions`: the same ones in the same order for ever. They become the journal's: closed with it. */
  constructor(partitions: readonly Journal[]) {
    this.id = deriveId(partitions.map(({ id }) => id))
    this.durability = weakest(partitions.map(({ durability }) => durability))
    this.#partitions = partitions
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    return this.#partition(this.#placeOf(game)).append(game, after, body)
  }

  async read(game: GameId, ...page: Page): Promise<readonly Entry[]> {
    const place = this.#placeOf(game)
    return this.#alone(place, await this.#partition(place).read(game, ...page))
  }

  async readBack(game: GameId, ...page: Page): Promise<readonly Entry[]> {
    const place = this.#placeOf(game)
    return this.#alone(place, await this.#partition(place).readBack(game, ...page))
  }

  follow(after: Position, hear: Hear): Subscription {
    const merge = new Merge(splitPosition(after, this.#partitions.length), hear)
    merge.open(this.#partitions)
    return this.#followers.add(merge)
  }

  listen(game: GameId, hear: HearOne): Listening {
    const place = this.#placeOf(game)
    return this.#partition(place).listen(game, (version, entry) =>
      hear(version, entry && (this.#alone(place, [entry])[0] ?? null)),
    )
  }

  async isAwake(game: GameId): Promise<boolean> {
    return (await this.#partition(this.#placeOf(game)).isAwake?.(game)) ?? true
  }

  awayMs(game: GameId, from: number, to: number): number {
    return this.#partition(this.#placeOf(game)).awayMs?.(game, from, to) ?? 0
  }

  async close(): Promise<void> {
    this.#followers.close()
    await Promise.all(this.#partitions.map((partition) => partition.close()))
  }

  /** The position of an entry that was read says where it lies in its partition, and nothing of the others. */
  #alone(place: number, entries: readonly Entry[]): readonly Entry[] {
    return within(
      entries,
      place,
      this.#partitions.map(() => ''),
    )
  }

  #placeOf(game: GameId): number {
    return partitionOf(game, this.#partitions.length)
  }

  #partition(place: number): Journal {
    const partition = this.#partitions[place]
    if (partition === undefined) throw new RangeError('a journal of no partitions')
    return partition
  }
}

/** What the failures have in common that all of these survive: neither a power cut nor the loss of a machine is the less. */
function weakest(durabilities: readonly Durability[]): Durability {
  const [first = 'memory'] = durabilities
  if (durabilities.every((durability) => durability === first)) return first
  return durabilities.includes('memory') ? 'memory' : 'process'
}

/** Entries of partition `place`, each with how far all partitions were heard once it is. */
function within(entries: readonly Entry[], place: number, heard: readonly Position[]): readonly Entry[] {
  return entries.map((entry) => ({ ...entry, position: joinPositions(heard.with(place, entry.position)) }))
}

/** One who follows all partitions. */
class Merge implements Subscription {
  readonly caughtUp: Promise<void>
  readonly #caughtUp = new CatchingUp()
  readonly #hear: Hear
  /** How far each partition was heard. */
  #heard: readonly Position[]
  #subscriptions: readonly Subscription[] = []
  /** What came while `hear` was running. */
  readonly #waiting: (readonly Entry[])[] = []
  #isHearing = false
  #isClosed = false

  constructor(after: readonly Position[], hear: Hear) {
    this.#heard = after
    this.#hear = hear
    this.caughtUp = this.#caughtUp.promise
  }

  /** @throws JournalFault what a partition throws; then none is followed. */
  open(partitions: readonly Journal[]): void {
    const subscriptions: Subscription[] = []
    try {
      for (const [place, partition] of partitions.entries())
        subscriptions.push(partition.follow(this.#heard[place] ?? '', (entries) => this.#take(place, entries)))
    } catch (cause) {
      for (const subscription of subscriptions) subscription.close()
      throw cause
    }
    this.#subscriptions = subscriptions
    Promise.all(subscriptions.map(({ caughtUp }) => caughtUp)).then(
      () => this.#caughtUp.reach(),
      (cause: unknown) => this.#caughtUp.fail(cause),
    )
  }

  close(): void {
    this.#isClosed = true
    // Before its partitions: that they end is no news.
    this.#caughtUp.close()
    for (const subscription of this.#subscriptions) subscription.close()
  }

  #take(place: number, entries: readonly Entry[]): void {
    this.#waiting.push(within(entries, place, this.#heard))
    this.#heard = this.#heard.with(place, entries.at(-1)?.position ?? '')
    if (this.#isHearing) return
    this.#isHearing = true
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        if (!this.#isClosed) this.#hear(next)
    } finally {
      this.#isHearing = false
    }
  }
}
