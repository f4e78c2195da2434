/** The names of the streams and subjects of one journal. They contain the number of the partition. */
import type { GameId } from '../journal.ts'

export interface Names {
  /** The first part of all subjects. It separates journals on the same servers. */
  readonly prefix: string
  readonly stream: string
  /** The wildcard subject of all games. */
  readonly games: string
  /** The wildcard subject on which the servers repeat each entry once it is stored. */
  readonly live: string
  /** The subject on which the servers announce a new leader of the stream. */
  readonly elected: string
  subjectOf(game: GameId): string
  /** The subject on which the entries of one game are repeated. */
  liveOf(game: GameId): string
  gameOf(subject: string): GameId
}

/** @param prefix letters, digits, _ and - */
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
