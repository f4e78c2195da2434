/** A match without a server: the score of the sitting, with an end. */
import { isMatchOver, type Match, opponent } from '../../game/index.ts'
import { MatchScore, sayResult } from '../game/match-score.tsx'
import { firstText } from '../language/text.ts'
import { text } from '../language/more.ts'
import { localScore, localTable, localWish, startLocal } from './table.ts'

/** The match with this game, X being the visitor, or X at one screen; null for single games. */
function matchNow(): Match | null {
  const { match: length } = localWish.value
  const [X, drawn, O] = localScore()
  return length === undefined ? null : { length, X, O, drawn }
}

export function LocalMatch() {
  const match = matchNow()
  if (match === null) return null
  const { length, X: won, drawn, O: lost } = match
  const wish = localWish.value
  const isBot = wish.place === 'bot'
  const [us, them] = isBot ? [firstText('you'), firstText(`bot_${wish.level}`)] : (['X', 'O'] as const)
  if (isMatchOver(match)) return <MatchScore result={sayResult({ us, them, isMine: isBot, won, lost })} />
  const isGameOver = localTable.value.standing.value.shown.outcome !== null
  const game = won + drawn + lost + (isGameOver ? 0 : 1)
  // At one screen nobody has a name: say that those who were X are O now.
  const title = text(isBot || game === 1 ? 'matchGame' : 'matchGameSides', { length, game })
  return (
    <MatchScore title={title}>
      <span class="row">{firstText('score', { us, won, drawn, them, lost })}</span>
    </MatchScore>
  )
}

/** The button after a game of a match: for the next game, or for another match. */
export function ContinueMatch() {
  const match = matchNow()
  if (match === null) return null
  return (
    <button type="button" class="button primary" onClick={() => startNext(match)}>
      {isMatchOver(match) ? firstText('playAgain') : text('nextOfMatch')}
    </button>
  )
}

/** Both change sides, also a visitor whose side was drawn; the score at one screen is that of X. */
function startNext(match: Match): void {
  const wish = localWish.value
  const { me } = localTable.value.standing.value
  const { X: won, drawn, O: lost } = match
  const isScreen = wish.place === 'screen' || me === null
  const score = isScreen ? ([lost, drawn, won] as const) : ([won, drawn, lost] as const)
  startLocal(isScreen ? wish : { ...wish, me: opponent(me) }, isMatchOver(match) ? null : score)
}
