/** The score of a match, and at its end the result. */
import type { ComponentChildren } from 'preact'
import type { GameView } from '../../client/index.ts'
import { opponent, type Player } from '../../game/index.ts'
import { text } from '../language/more.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { nameOf } from '../words.ts'

interface MatchScoreProps {
  /** How a match ended that is over. */
  readonly result?: string
  readonly title?: string
  /** The score. */
  readonly children?: ComponentChildren
}

/** Announced whenever it changes. */
export function MatchScore({ result, title, children }: MatchScoreProps) {
  return (
    <span role="status">
      {result === undefined ? title : <strong class="match-result">{result}</strong>} {children}
    </span>
  )
}

interface EndedMatch {
  readonly us: string
  readonly them: string
  /** Whether "us" is the visitor. */
  readonly isMine: boolean
  readonly won: number
  readonly lost: number
}

export function sayResult({ us, them, isMine, won, lost }: EndedMatch): string {
  if (won === lost) return text('matchDrawn', { won, lost })
  if (isMine) return text(won > lost ? 'matchYouWon' : 'matchYouLost', { won, lost })
  const [most, least] = [Math.max(won, lost), Math.min(won, lost)]
  return text('matchWon', { name: won > lost ? us : them, won: most, lost: least })
}

interface GameMatchProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

/** The match of a game on the server. The score stands beside the names; here only a screen reader reads it. */
export function GameMatch({ table, standing }: GameMatchProps) {
  const { shown, me } = standing
  const { match } = shown
  if (match === undefined) return null
  const player: Player = me ?? 'X'
  const [us, them] = [nameOf(table, standing, player), nameOf(table, standing, opponent(player))]
  const [won, lost] = [match[player], match[opponent(player)]]
  if (match.over) return <MatchScore result={sayResult({ us, them, isMine: me !== null, won, lost })} />
  return (
    <MatchScore title={sayGame(match)}>
      <span class="unseen">{text('score', { us, won, drawn: match.drawn, them, lost })}</span>
    </MatchScore>
  )
}

/** Which game of which match it is. */
export function sayGame({ length, game, drawn }: NonNullable<GameView['match']>): string {
  return text(drawn === 0 ? 'matchGame' : 'matchGameDrawn', { length, game, drawn })
}
