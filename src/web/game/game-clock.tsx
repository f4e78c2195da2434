/** The running clock of one player. */
import type { Player } from '../../game/index.ts'
import type { PageGame } from '../state/page-game.ts'
import { useTick } from '../state/tick.ts'
import { formatMs } from './time.ts'

interface GameClockProps {
  readonly table: PageGame
  readonly player: Player
}

export function GameClock({ table: { handle, standing }, player }: GameClockProps) {
  const { shown } = standing.value
  const isRunning = shown.clock?.running === true && shown.turn === player
  const ms = handle.msLeft(player) ?? 0
  useTick(ms < 10_000 ? 100 : 250, isRunning)
  return (
    <span class={ms < 10_000 ? 'time tight' : 'time'} role="timer" aria-live="off" dir="ltr" translate={false}>
      {formatMs(ms)}
    </span>
  )
}
