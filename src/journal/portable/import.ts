/** Brings an export into a journal: what is there already is compared, what is missing is appended, all is read back. */
import type { Clock } from '../../base/index.ts'
import { type Appended, type Entry, type GameId, type Journal, JournalFault, type Version } from '../journal.ts'
import { ExportFault } from './export-fault.ts'
import type { PortableEntry } from './format.ts'
import type { ExportReader, Stretch } from './read.ts'
import { Heads } from './tally.ts'

export interface Imported {
  /** Of the export. */
  readonly entries: number
  readonly games: number
  /** Entries that the journal did not have before. */
  readonly added: number
}

export type HearStretch = (stretch: Stretch) => void

/** Times that appends without an outcome are tried again, and how long to wait before, in ms. */
const attemptsMax = 10
const waitMs = 500

export class Import {
  readonly #journal: Journal
  readonly #clock: Clock
  /** What the journal had before. */
  readonly #before: Heads
  #added = 0

  private constructor(journal: Journal, clock: Clock, before: Heads) {
    this.#journal = journal
    this.#clock = clock
    this.#before = before
  }

  /** Reads all of the journal, which stays its owner's to close. @throws JournalFault 'corrupt' if a chain does not hold. */
  static async begin(journal: Journal, clock: Clock): Promise<Import> {
    return new Import(journal, clock, await readHeads(journal))
  }

  /** Reads the export to its end and changes nothing: an import of it would not end in any of these. @throws ExportFault */
  async check(reader: ExportReader, chunks: AsyncIterable<Uint8Array>, hear: HearStretch): Promise<void> {
    for await (const stretch of reader.read(chunks)) {
      for (const entry of stretch.entries) this.#isMissing(entry)
      hear(stretch)
    }
    const { heads } = reader.tally
    // Where the journal has more of a game than the export, its last entry says nothing of the export's.
    if ([...heads].some(([game, { version }]) => version < this.#before.of(game).version))
      await compareHeads(this.#journal, heads)
  }

  /** A game that the journal had before, or more of it than these heads know; null: there is none. */
  findOther(heads: Heads): GameId | null {
    for (const [game, { version }] of this.#before) if (version > heads.of(game).version) return game
    return null
  }

  /**
   * Imports what the reader reads. Entries up to the last good mark are in the journal whatever happens; the same again
   * goes on from there.
   * @throws ExportFault for a bad export or another history of a game; JournalFault.
   */
  async run(reader: ExportReader, chunks: AsyncIterable<Uint8Array>, hear: HearStretch): Promise<Imported> {
    for await (const stretch of reader.read(chunks)) {
      const missing = stretch.entries.filter((entry) => this.#isMissing(entry))
      await this.#append(missing)
      this.#added += missing.length
      hear(stretch)
    }
    const { heads } = reader.tally
    await verifyHeads(this.#journal, heads)
    return { entries: heads.entries, games: heads.size, added: this.#added }
  }

  /** @throws ExportFault when the journal's last entry of the game is another one. */
  #isMissing({ game, version, chain }: PortableEntry): boolean {
    const head = this.#before.of(game)
    if (version === head.version && chain !== head.chain) throw conflict(game, version)
    return version > head.version
  }

  /** Appends go out together; those of one game take effect in their order. */
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
      if (left.length > 0) await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve))
    }
  }

  /** Those that the journal does not have. @throws ExportFault when it has others instead. */
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

/** Of every game, with every chain verified. */
async function readHeads(journal: Journal): Promise<Heads> {
  const heads = new Heads()
  await readAll(journal, (entry) => {
    const standing = heads.take(entry)
    if (standing === 'next' || standing === 'void') return
    const { game, version } = entry
    throw new JournalFault(
      'corrupt',
      `the journal is damaged: entry ${version} of game ${game} does not match its chain`,
    )
  })
  return heads
}

/** Reads the journal once more: every game of the export must be there with the history that it had. */
async function verifyHeads(journal: Journal, heads: Heads): Promise<void> {
  const { found, seen } = await compareHeads(journal, heads)
  if (found === heads.size) return
  const lost = [...heads].find(([game, { version }]) => seen.of(game).version < version)?.[0]
  throw new JournalFault('corrupt', `the journal does not give back what it has stored: game ${lost} is not whole`)
}

/** Reads all of the journal beside the last entries of an export. @throws ExportFault where one is another. */
async function compareHeads(journal: Journal, heads: Heads): Promise<{ readonly found: number; readonly seen: Heads }> {
  let found = 0
  const seen = new Heads()
  await readAll(journal, (entry) => {
    const { game, version, chain } = entry
    if (seen.take(entry) !== 'next' || version !== heads.of(game).version) return
    if (chain !== heads.of(game).chain) throw conflict(game, version)
    found++
  })
  return { found, seen }
}

async function readAll(journal: Journal, hear: (entry: Entry) => void): Promise<void> {
  const broken = Promise.withResolvers<never>()
  const subscription = journal.follow('', (entries) => {
    try {
      for (const entry of entries) hear(entry)
    } catch (fault) {
      broken.reject(fault)
      subscription.close()
    }
  })
  try {
    await Promise.race([broken.promise, subscription.caughtUp])
  } finally {
    subscription.close()
  }
}

function isStored(outcome: PromiseSettledResult<Appended> | undefined): boolean {
  return outcome?.status === 'fulfilled' && outcome.value === 'stored'
}

/** Anything but a fault of the journal is a bug and goes on up. */
function faultOf(outcome: PromiseSettledResult<Appended>): JournalFault | null {
  if (outcome.status === 'fulfilled') return null
  if (outcome.reason instanceof JournalFault) return outcome.reason
  throw outcome.reason
}

/** Whether trying again may help. */
function isPassing({ fault }: JournalFault): boolean {
  return fault === 'outcome-unknown' || fault === 'unavailable'
}

function conflict(game: GameId, version: Version): ExportFault {
  const what = `game ${game} has another history in this journal, at entry ${version} or before`
  const advice = 'import into a journal that no server has begun, or into one that this export began'
  return new ExportFault('conflict', `${what}: ${advice}`, { game, version })
}
