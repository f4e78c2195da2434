/** Seats: who owns them, and for which player a command acts. */
import { refuse, type Rejection } from './decision.ts'
import type { Game } from './game.ts'
import { opponent, type Player } from './player.ts'

/** Whether both seats have an owner or are open. A game that is over has started, unless it was withdrawn. */
export function isStarted(game: Game): boolean {
  return game.seats === 'open' || (game.players.X !== null && game.players.O !== null)
}

/** Whether `account` may act for `player`. */
export function speaksFor(game: Game, account: string | null, player: Player): boolean {
  return game.seats === 'open' || (account !== null && game.players[player]?.id === account)
}

/** Whether the sender of the command created the game. */
export function isCreator(game: Game, { by }: { readonly by: string | null }): boolean {
  return by !== null && game.by === by
}

/**
 * The player for which a command acts, or the rejection if there is none. A command without `player` acts for the player
 * to move (X if the game is over) if the account may act for that player, else for the other one.
 */
export function speaker(
  game: Game,
  command: { readonly by: string | null; readonly player?: Player },
): Player | Rejection {
  if (command.player !== undefined) {
    if (speaksFor(game, command.by, command.player)) return command.player
    return refuse('not-your-seat', `you do not own the seat of ${command.player}`)
  }
  const first = game.turn ?? 'X'
  if (speaksFor(game, command.by, first)) return first
  if (speaksFor(game, command.by, opponent(first))) return opponent(first)
  return refuse('not-your-seat', 'you own no seat in this game')
}
