/** Elapsed time: how it gets from a command into the event that follows. */
import type { Created, Event, Joined, Restarted } from './event.ts'
import type { Game } from './game.ts'
import { isStarted } from './seat.ts'

interface Timed {
  readonly elapsedMs?: number
}

/** The time that a command says has passed since the last event, as whole milliseconds. */
export function elapsed(command: Timed): number {
  return Math.max(0, Math.trunc(command.elapsedMs ?? 0))
}

/** Whether time runs for the player to move. */
export function isClockRunning(game: Game): boolean {
  return game.clocks !== null && game.outcome === null && isStarted(game)
}

/** The event, with the time that passed before it if a clock runs. */
export function timed(game: Game, command: Timed, event: Exclude<Event, Created | Joined | Restarted>): Event {
  return isClockRunning(game) ? { ...event, elapsedMs: elapsed(command) } : event
}
