/** Time controls and the arithmetic of clocks. All times are whole milliseconds. */
import type { Player } from './player.ts'

/** Either a budget for the whole game with an increment a move, or a deadline for every single move. */
export type TimeControl = { readonly initialMs: number; readonly incrementMs: number } | { readonly perMoveMs: number }

/** What each player has left, as of the last event. */
export type Clocks = Readonly<Record<Player, number>>

/** The longest time that a control may name: four weeks. Sums of a game's times stay exact. */
export const controlMsMax = 28 * 24 * 60 * 60 * 1000

/** One sentence that names the broken limit; undefined when this control can be played. */
export function checkTimeControl(control: TimeControl): string | undefined {
  const isTime = (ms: number, least: number): boolean => Number.isInteger(ms) && ms >= least && ms <= controlMsMax
  if ('perMoveMs' in control) {
    return isTime(control.perMoveMs, 1) ? undefined : `perMoveMs must be a whole number from 1 to ${controlMsMax}`
  }
  if (!isTime(control.initialMs, 1)) return `initialMs must be a whole number from 1 to ${controlMsMax}`
  if (!isTime(control.incrementMs, 0)) return `incrementMs must be a whole number from 0 to ${controlMsMax}`
  return undefined
}

/** The clocks as they stand before the first move. */
export function startClocks(control: TimeControl): Clocks {
  const ms = 'perMoveMs' in control ? control.perMoveMs : control.initialMs
  return { X: ms, O: ms }
}

/** Takes `elapsedMs` from what `player` has left; nobody has less than nothing. */
export function charge(clocks: Clocks, player: Player, elapsedMs: number): Clocks {
  return { ...clocks, [player]: Math.max(0, clocks[player] - elapsedMs) }
}

/** Credits `player`, already charged, with a move made: the increment, or a new deadline for the move to come. */
export function credit(control: TimeControl, clocks: Clocks, player: Player): Clocks {
  if ('perMoveMs' in control) return startClocks(control)
  return { ...clocks, [player]: clocks[player] + control.incrementMs }
}

/**
 * The clocks `now` show, once a move of `player` is taken back at which they showed `then`, charged and not yet credited:
 * what the move brought its player is gone, what was spent since stays spent, and the opponent has what they had.
 */
export function discredit(control: TimeControl, now: Clocks, then: Clocks, player: Player): Clocks {
  const brought = credit(control, then, player)[player] - then[player]
  return { ...then, [player]: Math.max(0, now[player] - brought) }
}

/** A flag falls in the millisecond in which nothing is left. */
export function isFlagFallen(clocks: Clocks, player: Player, elapsedMs: number): boolean {
  return clocks[player] <= elapsedMs
}
