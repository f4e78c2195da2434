import type { Stored } from '../../protocol/index.ts'

/** A game that an earlier worker had, sent to the next one before any other message. */
export interface RestoredGame {
  readonly game: string
  /** All entries of the game, oldest first. */
  readonly entries: readonly Stored[]
}
