/** Offers: a draw, a takeback or a rematch is offered, then accepted, declined or withdrawn. */
import type { Command } from './command.ts'
import { type Decision, done, happened, refuse, rejected, type Rejection } from './decision.ts'
import type { OfferKind } from './event.ts'
import type { Game } from './game.ts'
import type { Player } from './player.ts'
import { isStarted, speaker } from './seat.ts'
import { inTime } from './timed.ts'

type OfferCommand = Extract<Command, { type: 'offer' }>
type AnswerCommand = Extract<Command, { type: 'answer' }>

/** How many offers of one kind a player may make before the next move: the first may be a mistake. */
export const offersMax = 2

/** Accepted takebacks of one game: far more than a game needs, but bounded. */
export const takebacksMax = 100

export function decideOffer(game: Game, command: OfferCommand): Decision {
  const player = seated(game, command)
  if (typeof player !== 'string') return rejected(player)
  const { what } = command
  const refusal = refuseOffer(game, player, what)
  if (refusal !== null) return rejected(refusal)
  if (game.offer?.what !== what) {
    const isOften = (game.offered[`${player} ${what}`] ?? 0) >= offersMax
    const isTaken = what === 'takeback' && (game.takebacks ?? 0) >= takebacksMax
    if (isTaken) return rejected(refuse('too-many', 'there were too many takebacks in this game'))
    if (isOften)
      return rejected(refuse('too-many', `there were too many offers of a ${what}; more can follow the next move`))
    return happened(inTime(game, command, { type: 'offered', player, what }))
  }
  return game.offer.player === player ? done : accept(game, player, command)
}

export function decideAnswer(game: Game, command: AnswerCommand): Decision {
  const player = seated(game, command)
  if (typeof player !== 'string') return rejected(player)
  const { what } = command
  if (game.offer?.what !== what) return rejected(refuse('no-offer', `no ${what} is offered`))
  if (!command.accept) return happened(inTime(game, command, { type: 'declined', player, what }))
  if (game.offer.player === player) return rejected(refuse('no-offer', `you offered the ${what} yourself`))
  return accept(game, player, command)
}

function accept(game: Game, player: Player, command: OfferCommand | AnswerCommand): Decision {
  const { what, next } = command
  if (what !== 'rematch') return happened(inTime(game, command, { type: 'accepted', player, what }))
  if (next === undefined) return rejected(refuse('bad-rules', 'a rematch needs an id'))
  return happened({ type: 'accepted', player, what, next })
}

function seated(game: Game, command: OfferCommand | AnswerCommand): Player | Rejection {
  if (game.seats === 'open') return refuse('not-your-seat', 'nobody owns a seat here')
  return speaker(game, command)
}

function refuseOffer(game: Game, player: Player, what: OfferKind): Rejection | null {
  if (what === 'rematch') {
    if (game.outcome === null) return refuse('not-over', 'a rematch follows a game that is over')
    if (!isStarted(game)) return refuse('game-over', 'the game is over')
    return game.next === null ? null : refuse('game-over', 'the rematch has been agreed')
  }
  if (game.outcome !== null) return refuse('game-over', 'the game is over')
  if (!isStarted(game)) return refuse('not-started', 'the opponent has not joined yet')
  // X makes the first move, O the second.
  const needed = player === 'X' ? 1 : 2
  if (what === 'draw' || game.moves.length >= needed) return null
  return refuse('not-started', 'you have no move to take back')
}
