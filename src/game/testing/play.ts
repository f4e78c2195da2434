/** Helpers for the tests of games. */
import { assert } from '../../base/index.ts'
import type { Command } from '../command.ts'
import { decide } from '../decide.ts'
import type { Event } from '../event.ts'
import { evolve } from '../evolve.ts'
import type { Game } from '../game.ts'
import type { Account } from '../player.ts'
import { presets, type Rules } from '../rules.ts'

export const ada: Account = { id: 'ada', name: 'Ada' }
export const bo: Account = { id: 'bo', name: 'Bo' }
export const eve: Account = { id: 'eve', name: 'Eve' }

type Create = Extract<Command, { type: 'create' }>

/** A creation with Ada as X and Bo as O; `differing` overrides members. */
export function invite(differing: Partial<Create> = {}): Create {
  return {
    type: 'create',
    rules: presets.tictactoe,
    seats: 'invite',
    public: false,
    players: { X: ada, O: bo },
    by: ada.id,
    ...differing,
  }
}

export function openCommand(rules: Rules = presets.tictactoe): Create {
  return { type: 'create', rules, seats: 'open', public: false, players: {} }
}

/** A move for the player to move; `by` is the account, null on an open board. */
export function move(x: number, y: number, by: string | null = null): Extract<Command, { type: 'move' }> {
  return { type: 'move', x, y, by }
}

/** The game after these commands. Each command must lead to an event. */
export function after(...commands: readonly Command[]): Game {
  const game = commands.reduce<Game | null>((state, command) => evolve(state, eventOf(state, command)), null)
  assert(game !== null, 'a game begins with its creation')
  return game
}

export function eventOf(game: Game | null, command: Command): Event {
  const decision = decide(game, command)
  assert(decision.type === 'event', `${command.type} led to ${JSON.stringify(decision)}`)
  return decision.event
}

/** The result of a command in one word: the type of the event, 'done', or the name of the rejection. */
export function verdict(game: Game | null, command: Command): string {
  const decision = decide(game, command)
  if (decision.type === 'event') return decision.event.type
  return decision.type === 'done' ? 'done' : decision.rejection.name
}
