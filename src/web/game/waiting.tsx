/** What a player sees who waits: an invitation to share, or in a listed game the search for somebody. */
import { useEffect } from 'preact/hooks'
import { isSameRules } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { followGames, lobby, wanted } from '../lobby/lobby.ts'
import { List } from '../lobby/lobby-page.tsx'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { Link } from '../shell/link.tsx'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { resign } from './actions.ts'
import { Invitation } from './invitation.tsx'

interface WaitingProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function Waiting({ table, standing: { shown, me } }: WaitingProps) {
  const isWaiting = shown.players.X === null || shown.players.O === null
  if (shown.seats === 'open' || me === null || !isWaiting || shown.outcome !== null) return null
  return <Waiter table={table} shown={shown} />
}

function Waiter({ table, shown }: { readonly table: PageGame; readonly shown: PageGameState['shown'] }) {
  useEffect(() => {
    wanted.value = null
    return followGames()
  }, [])
  const { games } = lobby.value
  if (games === null) return null
  // Only listed games are in the lobby.
  if (!games.some(({ game }) => game === shown.game))
    return (
      <>
        <Invitation game={shown.game} />
        <div class="buttons">
          <ConfirmButton label={text('withdrawGame')} question={text('withdrawAsk')} onConfirm={() => resign(table)} />
        </div>
      </>
    )
  const others = games.filter(
    ({ game, status, rules }) => status === 'open' && game !== shown.game && isSameRules(rules, shown.rules),
  )
  return (
    <section class="invitation" aria-labelledby="seeking">
      <h2 id="seeking">{text('seekingTitle')}</h2>
      <p class="quiet">{text('seekingAbout')}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={() => resign(table)}>
          {text('cancel')}
        </button>
        <Link to={{ page: 'home' }} class="button">
          {text('botMeanwhile')}
        </Link>
      </div>
      {others.length > 0 && <List title={text('orOneOfThese')} games={others} none="" waiting={table} />}
    </section>
  )
}
