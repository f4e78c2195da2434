/** One player of a game: mark, name, score in a match, presence, time. */
import { MarkShape } from '../board/mark.tsx'
import type { Player } from '../../game/index.ts'
import type { Saying } from '../../client/index.ts'
import { SayingShape } from '../sayings/saying.tsx'
import { text } from '../language/more.ts'
import type { PageGameState, PageGame } from '../state/page-game.ts'
import { nameOf } from '../words.ts'
import { GameClock } from './game-clock.tsx'

interface PlayerBarProps {
  readonly table: PageGame
  readonly standing: PageGameState
  readonly player: Player
  /** What the player has just said. */
  readonly said: Saying | null
}

export function PlayerBar({ table, standing, player, said }: PlayerBarProps) {
  const { shown, presence, me } = standing
  const account = shown.players[player]
  const hasStarted = shown.seats === 'open' || (shown.players.X !== null && shown.players.O !== null)
  const isToMove = hasStarted && shown.turn === player
  const isKnown = shown.seats === 'invite' && account !== null && account.bot === undefined && player !== me
  const isHere = presence?.online[player] ?? true
  return (
    <div class={isToMove ? 'player to-move' : 'player'}>
      <span class="side">
        <MarkShape mark={player} />
        <span class="unseen">{text(`player${player}`)}</span>
      </span>
      <span class="name">
        <bdi translate={false}>{nameOf(table, standing, player)}</bdi>
      </span>
      {shown.match !== undefined && (
        <span class="points">
          <span aria-hidden>{shown.match[player]}</span>
          <span class="unseen">{text('gamesWon', { count: shown.match[player] })}</span>
        </span>
      )}
      {said !== null && (
        <span class="said">
          <SayingShape what={said} />
        </span>
      )}
      {/* Who says something is here, and a narrow screen has no room for both. */}
      {said === null && isKnown && (
        <span key={isHere} class={isHere ? 'presence' : 'presence away'}>
          {text(isHere ? 'here' : 'away')}
        </span>
      )}
      {shown.clock !== undefined && <GameClock table={table} player={player} />}
    </div>
  )
}
