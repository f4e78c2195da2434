/** Repeats: whether a command is the one that led to the last event of a game. */
import { cellOf, isOnBoard } from './board.ts'
import type { Command } from './command.ts'
import type { Event } from './event.ts'
import type { Game } from './game.ts'
import { markFor, type MoveCommand, place } from './move.ts'
import { type Player, players } from './player.ts'
import { isSameRules } from './rules.ts'
import { isCreator, speaksFor } from './seat.ts'

/**
 * Whether `command`, decided one event ago, led to `game.last`. `elapsedMs` and `next` are ignored: the service sets them
 * again for the repeat. `decideCreate` recognises the repeat of a creation.
 */
export function ledTo(game: Game, command: Exclude<Command, { type: 'create' }>): boolean {
  const { last } = game
  if (last.type === 'flagged' && command.type !== 'move' && 'by' in command) return isTooLate(game, command)
  switch (command.type) {
    case 'join':
      return (
        last.type === 'joined' &&
        last.account.id === command.account.id &&
        (command.player === undefined || command.player === last.player)
      )
    case 'move':
      return 'player' in last && isBy(game, command, last.player) && isMove(game, command, last)
    case 'resign':
      if (last.type === 'withdrawn') return isWithdrawer(game, command, last.player)
      return last.type === 'resigned' && isBy(game, command, last.player)
    case 'offer':
      // Offering what the opponent has offered accepts it.
      return (
        (last.type === 'offered' || last.type === 'accepted') &&
        last.what === command.what &&
        isBy(game, command, last.player)
      )
    case 'answer':
      return (
        last.type === (command.accept ? 'accepted' : 'declined') &&
        last.what === command.what &&
        isBy(game, command, last.player)
      )
    case 'restart':
      return last.type === 'restarted' && isSameRules(command.rules ?? last.rules, last.rules)
    case 'flag':
      return last.type === 'flagged'
    case 'abandon':
      return last.type === 'abandoned'
  }
}

/** The types of events that each type of command can lead to. */
const leadsTo: { readonly [Type in Command['type']]: readonly Event['type'][] } = {
  create: ['created'],
  join: ['joined'],
  // A move that comes too late lets the flag fall.
  move: ['moved', 'flagged'],
  resign: ['resigned', 'withdrawn', 'flagged'],
  offer: ['offered', 'accepted', 'flagged'],
  answer: ['accepted', 'declined', 'flagged'],
  restart: ['restarted'],
  flag: ['flagged'],
  abandon: ['abandoned'],
}

/**
 * Whether `command` may have led to `event`, judged without the game. False is certain, so that the game need not be
 * read; true has to be checked against the game with {@link ledTo}.
 */
export function mayHaveLedTo(command: Command, event: Event): boolean {
  if (!leadsTo[command.type].includes(event.type)) return false
  return command.type !== 'move' || event.type !== 'moved' || command.x === event.x
}

function isWithdrawer(game: Game, command: Extract<Command, { type: 'resign' }>, player: Player | undefined): boolean {
  return player === undefined ? isCreator(game, command) : isBy(game, command, player)
}

function isBy(game: Game, command: { by: string | null; player?: Player }, player: Player): boolean {
  return (command.player === undefined || command.player === player) && speaksFor(game, command.by, player)
}

/** Whether this command of a player came after the flag had fallen, and so led to `flagged`. */
function isTooLate(game: Game, command: Exclude<Command, { type: 'create' | 'join' | 'flag' | 'abandon' }>): boolean {
  const isTimed =
    command.type === 'resign' || (command.type !== 'restart' && 'what' in command && command.what !== 'rematch')
  return isTimed && players.some((player) => isBy(game, command, player))
}

function isMove(game: Game, command: MoveCommand, last: Event): boolean {
  const { rules } = game
  // A move that came too late let the flag fall instead and did not change the board.
  if (last.type === 'flagged') return !('name' in place(game, last.player, command))
  if (last.type !== 'moved' || !isOnBoard(rules, command)) return false
  const isSamePlace = rules.gravity ? command.x === last.x : cellOf(rules, command) === cellOf(rules, last)
  return isSamePlace && markFor(rules, last.player, command.mark) === markFor(rules, last.player, last.mark)
}
