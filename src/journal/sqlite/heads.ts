/** The heads of the games played now, as the writer last stored them. */
import type { Chain } from '../chain.ts'
import type { GameId, Version } from '../journal.ts'
import { LruCache } from '../lru-cache.ts'

export interface Head {
  /** The game's number in the file. */
  readonly number: number
  version: Version
  chain: Chain
}

export class Heads extends LruCache<GameId, Head> {}
