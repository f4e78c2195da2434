/** What the streams and subjects of one journal are called: those of each partition after its number. */
import type { GameId } from '../journal.ts'

export interface Names {
  /** Where the subjects begin; several journals can live on the same servers. */
  readonly prefix: string
  readonly stream: string
  /** All games. */
  readonly games: string
  /** Where the server repeats each entry once it is stored. */
  readonly live: string
  /** Where the servers tell that another one leads the stream. */
  readonly elected: string
  subjectOf(game: GameId): string
  /** Where the entries of one game are repeated. */
  liveOf(game: GameId): string
  gameOf(subject: string): GameId
}

/** @param prefix pendingRequests, digits, _ and - */
export function makeNames(prefix: string, partition: number): Names {
  const games = `${prefix}.game.${partition}.`
  const live = `${prefix}.live.${partition}.`
  const stream = `${prefix.toUpperCase()}_${partition}`
  return {
    prefix,
    stream,
    games: `${games}>`,
    live: `${live}>`,
    elected: `$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream}`,
    subjectOf: (game) => games + game,
    liveOf: (game) => live + game,
    gameOf: (subject) => subject.slice(games.length),
  }
}
