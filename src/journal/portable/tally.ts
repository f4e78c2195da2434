/** The state of an export up to a line: the head of each game, counts, and the digest of its bytes. About 200 B for each game. */
import { createHash } from 'node:crypto'
import { type Chain, chainStart } from '../chain.ts'
import type { GameId, Position, Version } from '../journal.ts'
import { sha256Chain } from '../../base/node/index.ts'
import type { ExportMark, PortableEntry } from './format.ts'

export interface EntryHead {
  readonly version: Version
  readonly chain: Chain
  /** The number of the entry among all entries, counted from 1. */
  readonly number: number
}

/** An entry without its body. */
export type Last = Omit<PortableEntry, 'body'>

const none: EntryHead = { version: 0, chain: chainStart, number: 0 }

/**
 * How an entry relates to the entries before it. next: it follows the last entry of its game. void: the game has this version
 * already, so it is ignored, as J1 says. gap: an entry before it is missing. broken: it does not match its chain.
 */
export type EntryCheck = 'next' | 'void' | 'gap' | 'broken'

/** The last entry of each game. */
export class GameHeads {
  readonly #heads = new Map<GameId, EntryHead>()
  #entries = 0

  get entries(): number {
    return this.#entries
  }

  get size(): number {
    return this.#heads.size
  }

  of(game: GameId): EntryHead {
    return this.#heads.get(game) ?? none
  }

  /** Adds the entry if it is the next one of its game and chained to the one before. */
  take({ game, version, body, chain }: PortableEntry): EntryCheck {
    const head = this.of(game)
    if (version <= head.version) return 'void'
    if (version !== head.version + 1) return 'gap'
    if (sha256Chain(head.chain, version, body) !== chain) return 'broken'
    this.#heads.set(game, { version, chain, number: ++this.#entries })
    return 'next'
  }

  /** The last entry of each partition that has entries. */
  lastOf(partitionOf: (game: GameId) => number): ReadonlyMap<number, Last> {
    const lasts = new Map<number, Last & { readonly number: number }>()
    for (const [game, head] of this.#heads) {
      const partition = partitionOf(game)
      if (head.number > (lasts.get(partition)?.number ?? 0)) lasts.set(partition, { game, ...head })
    }
    return lasts
  }

  [Symbol.iterator](): IterableIterator<[GameId, EntryHead]> {
    return this.#heads.entries()
  }
}

export class ExportTally {
  readonly heads = new GameHeads()
  readonly #digest = createHash('sha256')
  #position: Position = ''

  take(entry: PortableEntry): EntryCheck {
    return this.heads.take(entry)
  }

  /** Adds the bytes of the next lines to the digest. */
  digest(bytes: Uint8Array | string): void {
    this.#digest.update(bytes)
  }

  /** @param position of the last entry, in the exported journal. */
  reach(position: Position): void {
    this.#position = position
  }

  mark(): ExportMark {
    const { size: games, entries } = this.heads
    return { entries, games, position: this.#position, digest: this.#digest.copy().digest('hex') }
  }
}
