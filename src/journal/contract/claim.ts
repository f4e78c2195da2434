/** Helpers for the checks of the contract. */
import { claimEqual, systemClock } from '../../base/index.ts'
import { verifyEntries } from '../chain.ts'
import type { JournalStore } from './check.ts'
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

/** How long a check waits for an expected result, in ms. With a broken engine each check takes this long. */
const timeoutMs = 5000

export function claim(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

/**
 * Claims that both lists contain the same entries in the same order, positions included. If the journal is partitioned, it
 * compares each game by itself, without positions.
 */
export function claimSame(
  { isPartitioned = false }: Pick<JournalStore, 'isPartitioned'>,
  received: readonly Entry[],
  expected: readonly Entry[],
  what: string,
): void {
  if (!isPartitioned) return claimEqual(received, expected, what)
  const gameByGame = (entries: readonly Entry[]) =>
    entries
      .toSorted((a, b) => (a.game < b.game ? -1 : a.game > b.game ? 1 : 0))
      .map(({ game, version, body, chain }) => [game, version, body, chain])
  claimEqual(gameByGame(received), gameByGame(expected), what)
}

/** Claims that `act` throws or rejects with this fault. */
export async function claimFault(fault: JournalFaultName, act: () => unknown): Promise<void> {
  try {
    await act()
  } catch (error) {
    claim(error instanceof JournalFault, `expected a JournalFault, got ${String(error)}`)
    return claimEqual(error.fault, fault, 'fault')
  }
  claim(false, `expected the fault ${fault}, but it succeeded`)
}

/** Waits for a promise. @throws Error after {@link timeoutMs} */
export async function claimInTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = systemClock.after(timeoutMs, () => late.reject(new Error(`${what}: not within ${timeoutMs} ms`)))
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    timer.cancel()
  }
}

/** Appends `bodies` after version `after`, one by one; each must be stored. */
export async function playGame(
  journal: Journal,
  game: GameId,
  bodies: readonly string[],
  after: Version = 0,
): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    claimEqual(await journal.append(game, after + index, body), 'stored', `append ${after + index + 1} to ${game}`)
  }
}

/** Appends a game of more than two pages. The body of each entry is its version. Resolves with the versions. */
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

/** Claims that `game` has exactly these bodies, numbered from 1 and with valid chains. */
export async function claimGame(journal: Journal, game: GameId, bodies: readonly string[]): Promise<void> {
  const entries = await readWhole(journal, game)
  claimEqual(
    entries.map((entry) => [entry.game, entry.version, entry.body]),
    bodies.map((body, index) => [game, index + 1, body]),
    `entries of ${game}`,
  )
  claimEqual(verifyEntries(entries), null, `broken link of ${game}`)
}

/** A follower that keeps the entries it receives and checks the rules for every call of its handler. */
export class Follower {
  readonly entries: Entry[] = []
  readonly subscription: Subscription
  readonly #waiters: { readonly length: number; readonly resolve: () => void }[] = []
  #isRunning = false
  #violation: string | undefined

  constructor(journal: Journal, after: Position = '', also: (batch: readonly Entry[]) => void = () => {}) {
    let returned = false
    this.subscription = journal.follow(after, (batch) => {
      if (!returned) this.#violation ??= 'it was called before follow returned'
      if (batch.length === 0) this.#violation ??= 'a batch was empty'
      if (this.#isRunning) this.#violation ??= 'calls overlapped'
      this.#isRunning = true
      this.entries.push(...batch)
      also(batch)
      this.#isRunning = false
      for (const waiter of this.#waiters) if (this.entries.length >= waiter.length) waiter.resolve()
    })
    returned = true
  }

  get versions(): readonly string[] {
    return this.entries.map((entry) => `${entry.game} ${entry.version}`)
  }

  /** Waits until it has received `length` entries, and claims that no call so far has broken a rule. */
  async received(length: number): Promise<readonly Entry[]> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiters.push({ length, resolve })
    if (this.entries.length < length) await claimInTime(promise, `receiving ${length} entries`)
    claim(this.#violation === undefined, `follow: ${this.#violation}`)
    return this.entries
  }
}
