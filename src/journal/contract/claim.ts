/** The few words in which the contract's checks are written. */
import { systemClock } from '../../base/index.ts'
import { verifyEntries } from '../chain.ts'
import type { JournalStore } from '../contract.ts'
import {
  type Entry,
  type GameId,
  type Journal,
  JournalFault,
  type JournalFaultName,
  type Position,
} from '../journal.ts'
import type { Subscription, Version } from '../journal.ts'
import { pageEntriesMax } from '../limits.ts'
import { pagesOf } from '../pages.ts'

/** How long an engine may take for what must come, in ms; a broken one costs this much a check. */
const patienceMs = 5000

export function claim(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

export function claimEqual(actual: unknown, expected: unknown, what: string): void {
  const [is, ought] = [JSON.stringify(actual), JSON.stringify(expected)]
  claim(is === ought, `${what}: expected ${short(ought)}, got ${short(is)}`)
}

/**
 * Claims that these are the same entries in the same order, position for position. Where each game has an order of its
 * own and no more, game for game.
 */
export function claimSame(
  { isPartitioned = false }: Pick<JournalStore, 'isPartitioned'>,
  heard: readonly Entry[],
  expected: readonly Entry[],
  what: string,
): void {
  if (!isPartitioned) return claimEqual(heard, expected, what)
  const gameByGame = (entries: readonly Entry[]) =>
    entries
      .toSorted((a, b) => (a.game < b.game ? -1 : a.game > b.game ? 1 : 0))
      .map(({ game, version, body, chain }) => [game, version, body, chain])
  claimEqual(gameByGame(heard), gameByGame(expected), what)
}

/** Claims that `act` fails, at once or later, with this fault. */
export async function claimFault(fault: JournalFaultName, act: () => unknown): Promise<void> {
  try {
    await act()
  } catch (error) {
    claim(error instanceof JournalFault, `expected a JournalFault, got ${String(error)}`)
    return claimEqual(error.fault, fault, 'fault')
  }
  claim(false, `expected the fault ${fault}, but it succeeded`)
}

/** Waits for what must come. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = systemClock.after(patienceMs, () => late.reject(new Error(`${what}: not within ${patienceMs} ms`)))
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    timer.cancel()
  }
}

/** Appends `bodies` behind version `after`, one by one; each must be stored. */
export async function play(
  journal: Journal,
  game: GameId,
  bodies: readonly string[],
  after: Version = 0,
): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    claimEqual(await journal.append(game, after + index, body), 'stored', `append ${after + index + 1} to ${game}`)
  }
}

/** Appends a game of more than two pages, each entry's body its version. Answers with its versions. */
export async function playLong(journal: Journal, game: GameId): Promise<readonly Version[]> {
  const versions = Array.from({ length: 2 * pageEntriesMax + 88 }, (_, index) => index + 1)
  const answers = await Promise.all(versions.map((version) => journal.append(game, version - 1, String(version))))
  claimEqual([...new Set(answers)], ['stored'], 'appends of a long game')
  return versions
}

/** All entries of `game`, oldest first. */
export async function readWhole(journal: Journal, game: GameId): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const page of pagesOf(journal, game)) entries.push(...page)
  return entries
}

/** Claims that `game` consists of exactly these bodies, numbered from 1 and soundly chained. */
export async function claimGame(journal: Journal, game: GameId, bodies: readonly string[]): Promise<void> {
  const entries = await readWhole(journal, game)
  claimEqual(
    entries.map((entry) => [entry.game, entry.version, entry.body]),
    bodies.map((body, index) => [game, index + 1, body]),
    `entries of ${game}`,
  )
  claimEqual(verifyEntries(entries), null, `broken link of ${game}`)
}

/** A follower that keeps what it hears and claims on the way what holds for every call. */
export class Ear {
  readonly entries: Entry[] = []
  readonly subscription: Subscription
  readonly #wishes: { readonly length: number; readonly come: () => void }[] = []
  #hearing = false
  #broken: string | undefined

  constructor(journal: Journal, after: Position = '', also: (batch: readonly Entry[]) => void = () => {}) {
    let returned = false
    this.subscription = journal.follow(after, (batch) => {
      if (!returned) this.#broken ??= 'it was called before follow returned'
      if (batch.length === 0) this.#broken ??= 'a batch was empty'
      if (this.#hearing) this.#broken ??= 'calls overlapped'
      this.#hearing = true
      this.entries.push(...batch)
      also(batch)
      this.#hearing = false
      for (const wish of this.#wishes) if (this.entries.length >= wish.length) wish.come()
    })
    returned = true
  }

  get versions(): readonly string[] {
    return this.entries.map((entry) => `${entry.game} ${entry.version}`)
  }

  /** Waits until it has heard `length` entries, and claims that each call so far was as it should be. */
  async heard(length: number): Promise<readonly Entry[]> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wishes.push({ length, come: resolve })
    if (this.entries.length < length) await within(promise, `hearing ${length} entries`)
    claim(this.#broken === undefined, `hear: ${this.#broken}`)
    return this.entries
  }
}

function short(text: string | undefined): string {
  return text === undefined || text.length <= 300 ? String(text) : `${text.slice(0, 300)}…`
}
