/** The heads of the games that are being played, as the writer last stored them. */
import type { Chain } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'

export interface WriterHead {
  /** The game's number in the file. */
  readonly number: number
  version: Version
  chain: Chain
}

export class WriterHeads extends LruCache<GameId, WriterHead> {}
