/** Decides commands. A pure function: it reads only its arguments, changes nothing and never throws. */
import type { Command } from './command.ts'
import { type Decision, done, happened, refuse, rejected } from './decision.ts'
import type { Created, Event } from './event.ts'
import type { Game } from './game.ts'
import { decideMove } from './move.ts'
import { decideAnswer, decideOffer } from './offer.ts'
import { type Player, players } from './player.ts'
import { ledTo } from './repeat.ts'
import { checkRules } from './rules.ts'
import { isCreator, isStarted, speaker } from './seat.ts'
import { inTime, isLate, timed } from './timed.ts'
import { checkTimeControl } from './time-control.ts'

type Create = Extract<Command, { type: 'create' }>
type Join = Extract<Command, { type: 'join' }>
type Resign = Extract<Command, { type: 'resign' }>
type Restart = Extract<Command, { type: 'restart' }>
type Flag = Extract<Command, { type: 'flag' }>
type Abandon = Extract<Command, { type: 'abandon' }>

/**
 * Decides `command` against a game; null stands for a game that does not exist. Only a repeat of the command that led to
 * the last event is recognised. To recognise an older repeat, pass the game at version `command.version + 1`, which is
 * version 1 for `create`.
 */
export function decide(game: Game | null, command: Command): Decision {
  if (command.type === 'create') return decideCreate(game, command)
  if (game === null) return rejected(refuse('no-such-game', 'there is no such game'))
  const { version = game.version } = command
  if (version === game.version - 1 && ledTo(game, command)) return done
  if (version !== game.version) {
    return rejected(refuse('stale', `the game is at version ${game.version}, not ${version}`))
  }
  switch (command.type) {
    case 'join':
      return decideJoin(game, command)
    case 'move':
      return decideMove(game, command)
    case 'resign':
      return decideResign(game, command)
    case 'offer':
      return decideOffer(game, command)
    case 'answer':
      return decideAnswer(game, command)
    case 'restart':
      return decideRestart(game, command)
    case 'flag':
      return decideFlag(game, command)
    case 'abandon':
      return decideAbandon(game, command)
  }
}

function decideCreate(game: Game | null, command: Create): Decision {
  const event: Created = { ...command, type: 'created' }
  if (game !== null) {
    if (game.version === 1 && isEqual(withoutNames(game.last), withoutNames(event))) return done
    return rejected(refuse('id-taken', 'another game has this id; choose another, or leave it out'))
  }
  const problem = checkCreated(event)
  return problem === undefined ? happened(event) : rejected(refuse('bad-rules', problem))
}

function checkCreated({ rules, seats, clock, match, players: seated }: Created): string | undefined {
  if (seats === 'open' && (seated.X ?? seated.O) !== undefined) return 'nobody owns a seat of an open board'
  if (seats === 'open' && clock !== undefined) return 'an open board has no clock'
  if (seats === 'open' && match !== undefined) return 'an open board has no match'
  return checkRules(rules) ?? (clock && checkTimeControl(clock))
}

function decideJoin(game: Game, { account, player, awaited }: Join): Decision {
  if (game.seats === 'open') return rejected(refuse('seat-taken', 'this board has no seats: anybody may move'))
  const wanted = player === undefined ? players : [player]
  if (wanted.some((seat) => game.players[seat]?.id === account.id)) return done
  if (game.outcome !== null) return rejected(refuse('game-over', 'the game is over'))
  const free = wanted.find((seat) => game.players[seat] === null)
  if (free !== undefined) return happened({ type: 'joined', player: free, account, ...(awaited && { awaited }) })
  return rejected(
    refuse('seat-taken', player === undefined ? 'both seats are taken' : `the seat of ${player} is taken`),
  )
}

function decideResign(game: Game, command: Resign): Decision {
  if (game.outcome === null && !isStarted(game)) return decideWithdrawal(game, command)
  const player = speaker(game, command)
  if (typeof player !== 'string') return rejected(player)
  const mover = playerToMove(game)
  if (typeof mover !== 'string') return mover
  return happened(inTime(game, command, { type: 'resigned', player }))
}

/** Nobody has joined, so there is no opponent who could win: the game is withdrawn. */
function decideWithdrawal(game: Game, command: Resign): Decision {
  const player = speaker(game, command)
  if (typeof player === 'string') return happened({ type: 'withdrawn', player })
  return isCreator(game, command) ? happened({ type: 'withdrawn' }) : rejected(player)
}

function decideRestart(game: Game, { rules = game.rules }: Restart): Decision {
  if (game.seats !== 'open') return rejected(refuse('not-your-seat', 'only a board with open seats can be restarted'))
  const problem = checkRules(rules)
  return problem === undefined ? happened({ type: 'restarted', rules }) : rejected(refuse('bad-rules', problem))
}

function decideFlag(game: Game, command: Flag): Decision {
  const player = playerToMove(game)
  if (typeof player !== 'string') return player
  if (!isLate(game, command)) {
    return rejected(refuse('stale', 'the flag has not fallen'))
  }
  return happened(timed(game, command, { type: 'flagged', player }))
}

function decideAbandon(game: Game, command: Abandon): Decision {
  const player = playerToMove(game)
  if (typeof player !== 'string') return player
  if (!game.public || game.seats === 'open') {
    return rejected(refuse('bad-rules', 'this game cannot be abandoned'))
  }
  return happened(timed(game, command, { type: 'abandoned', player }))
}

/** The player to move in a game that has started and is not over. */
function playerToMove(game: Game): Player | Decision {
  if (game.turn === null) return rejected(refuse('game-over', 'the game is over'))
  return isStarted(game) ? game.turn : rejected(refuse('not-started', 'the opponent has not joined yet'))
}

/** The event without display names: a player may repeat a creation after changing their name. */
function withoutNames(event: Event): object {
  if (event.type !== 'created') return event
  const { X, O } = event.players
  return { ...event, players: { X: X?.id, O: O?.id } }
}

/** Whether two values have the same JSON apart from the order of keys. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const fields = new Map(Object.entries(b).filter(([, value]) => value !== undefined))
  const own = Object.entries(a).filter(([, value]) => value !== undefined)
  return own.length === fields.size && own.every(([key, value]) => fields.has(key) && isEqual(value, fields.get(key)))
}
