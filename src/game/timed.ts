/** Elapsed time: copies it from a command into the event that follows. */
import type { Created, Event, Joined, Restarted, Withdrawn } from './event.ts'
import type { Game } from './game.ts'
import { isStarted } from './seat.ts'
import { isFlagFallen } from './time-control.ts'

interface Timed {
  readonly elapsedMs?: number
}

/** The events that can happen while a clock runs. */
type TimedEvent = Exclude<Event, Created | Joined | Restarted | Withdrawn>

/** The time since the last event, as the command states it, in whole milliseconds. */
export function elapsed(command: Timed): number {
  return Math.max(0, Math.trunc(command.elapsedMs ?? 0))
}

/** Whether the clock runs for the player to move. */
export function isClockRunning(game: Game): boolean {
  return game.clocks !== null && game.outcome === null && isStarted(game)
}

/** Whether the flag of the player to move has fallen by the time of `command`. */
export function isLate(game: Game, command: Timed): boolean {
  const { clocks, turn } = game
  return clocks !== null && turn !== null && isClockRunning(game) && isFlagFallen(clocks, turn, elapsed(command))
}

/** The event that follows from an otherwise valid command: `event`, or `flagged` if the command comes too late. */
export function inTime(game: Game, command: Timed, event: TimedEvent): Event {
  if (game.turn === null || !isLate(game, command)) return timed(game, command, event)
  return timed(game, command, { type: 'flagged', player: game.turn })
}

/** The event; with the elapsed time if a clock runs. */
export function timed(game: Game, command: Timed, event: TimedEvent): Event {
  return isClockRunning(game) ? { ...event, elapsedMs: elapsed(command) } : event
}
