/** Which players are notified of an event, and how. */
import { type Event, opponent, type Player } from '../../game/index.ts'
import type { GameView } from '../../protocol/index.ts'
import type { PushKind } from './push-sender.ts'

export interface PlayerNote {
  readonly player: Player
  readonly kind: PushKind
  readonly game: string
}

const none: readonly PlayerNote[] = []

/** The players who are to learn that `event` led to `view`, apart from the one who caused it. */
export function notesOf(event: Event, view: GameView): readonly PlayerNote[] {
  if (view.seats === 'open') return none
  const { game, turn, outcome } = view
  switch (event.type) {
    case 'joined':
      return [{ player: opponent(event.player), kind: 'joined', game }]
    case 'moved':
      if (outcome !== null) return [{ player: opponent(event.player), kind: 'over', game }]
      return turn === null ? none : [{ player: turn, kind: 'turn', game }]
    case 'resigned':
      return [{ player: opponent(event.player), kind: 'over', game }]
    case 'offered':
      return event.what === 'rematch' ? [{ player: opponent(event.player), kind: 'rematch', game }] : none
    case 'accepted':
      return notesOfAccepted(event, view)
    // The server ended the game: neither player has caused it.
    case 'flagged':
    case 'abandoned':
      return [
        { player: 'X', kind: 'over', game },
        { player: 'O', kind: 'over', game },
      ]
    case 'created':
    case 'withdrawn':
    case 'declined':
    case 'restarted':
      return none
  }
}

function notesOfAccepted(
  { player, what, next }: Extract<Event, { type: 'accepted' }>,
  { game, turn }: GameView,
): readonly PlayerNote[] {
  const other = opponent(player)
  if (what === 'draw') return [{ player: other, kind: 'over', game }]
  if (what === 'rematch') return [{ player: other, kind: 'joined', game: next ?? game }]
  return turn === other ? [{ player: other, kind: 'turn', game }] : none
}
