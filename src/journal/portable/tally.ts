/** What an export holds so far: the head of each game, counts, and the digest of its bytes. About 200 bytes a game. */
import { createHash } from 'node:crypto'
import { type Chain, chainStart } from '../chain.ts'
import type { GameId, Position, Version } from '../journal.ts'
import { nodeChain } from '../sqlite/node-chain.ts'
import type { Mark, PortableEntry } from './format.ts'

export interface Head {
  readonly version: Version
  readonly chain: Chain
  /** Which of all entries it was, from 1. */
  readonly number: number
}

/** An entry without what it says. */
export type Last = Omit<PortableEntry, 'body'>

const none: Head = { version: 0, chain: chainStart, number: 0 }

/** 'void': a version that the game has already, which J1 says is to be passed over. */
export type Standing = 'next' | 'void' | 'gap' | 'broken'

/** The last entry of each game. */
export class Heads {
  readonly #heads = new Map<GameId, Head>()
  #entries = 0

  get entries(): number {
    return this.#entries
  }

  get size(): number {
    return this.#heads.size
  }

  of(game: GameId): Head {
    return this.#heads.get(game) ?? none
  }

  /** Takes the entry in if it is the next of its game and chained to the one before. */
  take({ game, version, body, chain }: PortableEntry): Standing {
    const head = this.of(game)
    if (version <= head.version) return 'void'
    if (version !== head.version + 1) return 'gap'
    if (nodeChain(head.chain, version, body) !== chain) return 'broken'
    this.#heads.set(game, { version, chain, number: ++this.#entries })
    return 'next'
  }

  /** The last entry of each partition that has one. */
  lastOf(partitionOf: (game: GameId) => number): ReadonlyMap<number, Last> {
    const lasts = new Map<number, Last & { readonly number: number }>()
    for (const [game, head] of this.#heads) {
      const partition = partitionOf(game)
      if (head.number > (lasts.get(partition)?.number ?? 0)) lasts.set(partition, { game, ...head })
    }
    return lasts
  }

  [Symbol.iterator](): IterableIterator<[GameId, Head]> {
    return this.#heads.entries()
  }
}

export class Tally {
  readonly heads = new Heads()
  readonly #digest = createHash('sha256')
  #position: Position = ''

  take(entry: PortableEntry): Standing {
    return this.heads.take(entry)
  }

  /** The bytes of lines, in order. */
  digest(bytes: Uint8Array | string): void {
    this.#digest.update(bytes)
  }

  /** `position`: of the last entry in the journal that is exported. */
  reach(position: Position): void {
    this.#position = position
  }

  mark(): Mark {
    const { size: games, entries } = this.heads
    return { entries, games, position: this.#position, digest: this.#digest.copy().digest('hex') }
  }
}
