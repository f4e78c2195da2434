/** A journal that counts the entries that are read. */
import { type Entry, type Journal, MemoryJournal } from '../../journal/index.ts'

export class CountingJournal extends MemoryJournal {
  /** How many entries were read so far, and the most in one call. */
  given = 0
  most = 0

  override async read(...page: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    return this.#count(await super.read(...page))
  }

  override async readBack(...page: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    return this.#count(await super.readBack(...page))
  }

  #count(entries: readonly Entry[]): readonly Entry[] {
    this.given += entries.length
    this.most = Math.max(this.most, entries.length)
    return entries
  }
}
