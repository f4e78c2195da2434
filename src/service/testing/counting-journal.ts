/** A journal that counts what it gives to readers. */
import { type Entry, type Journal, MemoryJournal } from '../../journal/index.ts'

export class CountingJournal extends MemoryJournal {
  /** Entries read so far, and the most that one call gave. */
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
