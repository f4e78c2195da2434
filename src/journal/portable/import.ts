/** Imports an export into a journal: compares existing entries, appends missing ones, and reads all back. */
import { type Clock, sleep } from '../../base/index.ts'
import { type Appended, type Entry, type GameId, type Journal, JournalFault, type Version } from '../journal.ts'
import { ExportFault } from './export-fault.ts'
import type { PortableEntry } from './format.ts'
import type { ExportReader, Stretch } from './read.ts'
import { GameHeads } from './tally.ts'

export interface Imported {
  /** Entries of the export. */
  readonly entries: number
  readonly games: number
  /** Entries that the journal did not have before. */
  readonly added: number
}

export type OnStretch = (stretch: Stretch) => void

/** Attempts for appends with an unknown outcome, and the pause between them, in ms. */
const attemptsMax = 10
const waitMs = 500

export class Import {
  readonly #journal: Journal
  readonly #clock: Clock
  /** The heads of the games in the journal before the import. */
  readonly #before: GameHeads
  #added = 0

  private constructor(journal: Journal, clock: Clock, before: GameHeads) {
    this.#journal = journal
    this.#clock = clock
    this.#before = before
  }

  /**
   * Reads the whole journal. The caller keeps ownership and closes it.
   * @throws JournalFault 'corrupt' if an entry does not match its chain
   */
  static async begin(journal: Journal, clock: Clock): Promise<Import> {
    return new Import(journal, clock, await readHeads(journal))
  }

  /** Checks the export to its end without changing the journal. @throws ExportFault if an import of it would throw one */
  async check(reader: ExportReader, chunks: AsyncIterable<Uint8Array>, handler: OnStretch): Promise<void> {
    for await (const stretch of reader.read(chunks)) {
      for (const entry of stretch.entries) this.#isMissing(entry)
      handler(stretch)
    }
    const { heads } = reader.tally
    // If the journal has more entries of a game than the export, their last entries cannot be compared: read the journal.
    if ([...heads].some(([game, { version }]) => version < this.#before.of(game).version))
      await compareHeads(this.#journal, heads)
  }

  /** A game of which the journal had more entries before the import than `heads`; null: there is none. */
  findOther(heads: GameHeads): GameId | null {
    for (const [game, { version }] of this.#before) if (version > heads.of(game).version) return game
    return null
  }

  /**
   * Imports an export. If the import fails, all entries before the last valid mark are in the journal. Running it again
   * continues from there.
   * @throws ExportFault for a bad export or another history of a game; JournalFault.
   */
  async run(reader: ExportReader, chunks: AsyncIterable<Uint8Array>, handler: OnStretch): Promise<Imported> {
    for await (const stretch of reader.read(chunks)) {
      const missing = stretch.entries.filter((entry) => this.#isMissing(entry))
      await this.#append(missing)
      this.#added += missing.length
      handler(stretch)
    }
    const { heads } = reader.tally
    await verifyHeads(this.#journal, heads)
    return { entries: heads.entries, games: heads.size, added: this.#added }
  }

  /** @throws ExportFault if the journal's last entry of the game has the same version and another chain */
  #isMissing({ game, version, chain }: PortableEntry): boolean {
    const head = this.#before.of(game)
    if (version === head.version && chain !== head.chain) throw conflict(game, version)
    return version > head.version
  }

  /** Sends all appends at once; the journal stores those of one game in their order. Retries appends that may have failed. */
  async #append(entries: readonly PortableEntry[]): Promise<void> {
    let left = entries
    for (let attempt = 1; left.length > 0; attempt++) {
      const outcomes = await Promise.allSettled(
        left.map(({ game, version, body }) => this.#journal.append(game, version - 1, body)),
      )
      const doubtful = left.filter((_, index) => !isStored(outcomes[index]))
      const fault = outcomes.map(faultOf).find((found) => found !== null)
      if (fault !== undefined && (attempt === attemptsMax || !isPassing(fault))) throw fault
      left = await this.#missing(doubtful)
      if (left[0] !== undefined && attempt === attemptsMax) throw conflict(left[0].game, left[0].version)
      if (left.length > 0) await sleep(this.#clock, waitMs)
    }
  }

  /** The entries that the journal does not have. @throws ExportFault if it has other entries with the same versions */
  async #missing(entries: readonly PortableEntry[]): Promise<readonly PortableEntry[]> {
    const missing: PortableEntry[] = []
    for (const entry of entries) {
      const { game, version, chain } = entry
      const [found] = await this.#journal.read(game, version - 1, 1)
      if (found === undefined) missing.push(entry)
      else if (found.chain !== chain) throw conflict(game, version)
    }
    return missing
  }
}

/** Reads the heads of all games and verifies every chain. @throws JournalFault */
async function readHeads(journal: Journal): Promise<GameHeads> {
  const heads = new GameHeads()
  await readAll(journal, (entry) => {
    const result = heads.take(entry)
    if (result === 'next' || result === 'void') return
    const { game, version } = entry
    throw new JournalFault(
      'corrupt',
      `the journal is damaged: entry ${version} of game ${game} does not match its chain`,
    )
  })
  return heads
}

/** Reads the journal again and checks that it contains every game of the export, with the same history. */
async function verifyHeads(journal: Journal, heads: GameHeads): Promise<void> {
  const { found, seen } = await compareHeads(journal, heads)
  if (found === heads.size) return
  const lost = [...heads].find(([game, { version }]) => seen.of(game).version < version)?.[0]
  throw new JournalFault(
    'corrupt',
    `the journal does not return all entries that it has stored: game ${lost} is incomplete`,
  )
}

/**
 * Reads the whole journal and compares it with the last entries of an export. `found` is the number of games whose last entry
 * is the same. @throws ExportFault if one differs
 */
async function compareHeads(
  journal: Journal,
  heads: GameHeads,
): Promise<{ readonly found: number; readonly seen: GameHeads }> {
  let found = 0
  const seen = new GameHeads()
  await readAll(journal, (entry) => {
    const { game, version, chain } = entry
    if (seen.take(entry) !== 'next' || version !== heads.of(game).version) return
    if (chain !== heads.of(game).chain) throw conflict(game, version)
    found++
  })
  return { found, seen }
}

async function readAll(journal: Journal, handler: (entry: Entry) => void): Promise<void> {
  const failed = Promise.withResolvers<never>()
  const subscription = journal.follow('', (entries) => {
    try {
      for (const entry of entries) handler(entry)
    } catch (fault) {
      failed.reject(fault)
      subscription.close()
    }
  })
  try {
    await Promise.race([failed.promise, subscription.caughtUp])
  } finally {
    subscription.close()
  }
}

function isStored(outcome: PromiseSettledResult<Appended> | undefined): boolean {
  return outcome?.status === 'fulfilled' && outcome.value === 'stored'
}

/** The fault of a failed append, or null. Anything but a JournalFault is a bug and is thrown. */
function faultOf(outcome: PromiseSettledResult<Appended>): JournalFault | null {
  if (outcome.status === 'fulfilled') return null
  if (outcome.reason instanceof JournalFault) return outcome.reason
  throw outcome.reason
}

/** Whether another attempt may succeed. */
function isPassing({ fault }: JournalFault): boolean {
  return fault === 'outcome-unknown' || fault === 'unavailable'
}

function conflict(game: GameId, version: Version): ExportFault {
  const what = `game ${game} has another history in this journal, at entry ${version} or before`
  const advice = 'import into a new journal, or into one that was created from this export'
  return new ExportFault('conflict', `${what}: ${advice}`, { game, version })
}
