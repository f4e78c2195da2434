/** What an export holds so far: the head of each game, counts, and the digest of its bytes. About 200 bytes a game. */
import { createHash } from 'node:crypto'
import { type Chain, chainStart } from '../chain.ts'
import type { GameId, Position, Version } from '../journal.ts'
import { nodeChain } from '../sqlite/node-chain.ts'
import type { Mark, PortableEntry } from './format.ts'

export interface Head {
  readonly version: Version
  readonly chain: Chain
}

const none: Head = { version: 0, chain: chainStart }

/** 'void': a version that the game has already, which J1 says is to be passed over. */
export type Standing = 'next' | 'void' | 'gap' | 'broken'

/** The last entry of each game. */
export class Heads {
  readonly #heads = new Map<GameId, Head>()

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
    this.#heads.set(game, { version, chain })
    return 'next'
  }

  [Symbol.iterator](): IterableIterator<[GameId, Head]> {
    return this.#heads.entries()
  }
}

export class Tally {
  readonly heads = new Heads()
  readonly #digest = createHash('sha256')
  #entries = 0
  #last: PortableEntry | null = null
  #position: Position = ''

  get entries(): number {
    return this.#entries
  }

  get last(): PortableEntry | null {
    return this.#last
  }

  take(entry: PortableEntry): Standing {
    const standing = this.heads.take(entry)
    if (standing !== 'next') return standing
    this.#entries++
    this.#last = entry
    return standing
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
    const { size: games } = this.heads
    return { entries: this.#entries, games, position: this.#position, digest: this.#digest.copy().digest('hex') }
  }
}
