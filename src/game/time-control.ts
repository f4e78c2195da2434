/** Time controls and the arithmetic of clocks. All times are whole milliseconds. */
import type { Player } from './player.ts'

/** Either a budget for the whole game with an increment per move, or a time for each move. */
export type TimeControl = { readonly initialMs: number; readonly incrementMs: number } | { readonly perMoveMs: number }

/** The time that each player had left at the last event. */
export type Clocks = Readonly<Record<Player, number>>

/** The longest time that a control may name: four weeks. Sums of the times of a game stay exact integers. */
export const controlMsMax = 28 * 24 * 60 * 60 * 1000

/** One sentence that names the violated limit; undefined if the control can be played. */
export function checkTimeControl(control: TimeControl): string | undefined {
  const isTime = (ms: number, least: number): boolean => Number.isInteger(ms) && ms >= least && ms <= controlMsMax
  if ('perMoveMs' in control) {
    return isTime(control.perMoveMs, 1) ? undefined : `perMoveMs must be a whole number from 1 to ${controlMsMax}`
  }
  if (!isTime(control.initialMs, 1)) return `initialMs must be a whole number from 1 to ${controlMsMax}`
  if (!isTime(control.incrementMs, 0)) return `incrementMs must be a whole number from 0 to ${controlMsMax}`
  return undefined
}

/** The clocks before the first move. */
export function startClocks(control: TimeControl): Clocks {
  const ms = 'perMoveMs' in control ? control.perMoveMs : control.initialMs
  return { X: ms, O: ms }
}

/** Subtracts `elapsedMs` from the time of `player`; the result is never negative. */
export function charge(clocks: Clocks, player: Player, elapsedMs: number): Clocks {
  return { ...clocks, [player]: Math.max(0, clocks[player] - elapsedMs) }
}

/** Credits `player` for a move whose time is already charged: adds the increment, or resets the time per move. */
export function credit(control: TimeControl, clocks: Clocks, player: Player): Clocks {
  if ('perMoveMs' in control) return startClocks(control)
  return { ...clocks, [player]: clocks[player] + control.incrementMs }
}

/**
 * The clocks after a takeback of a move of `player`. `now` is the clocks before the takeback; `then` is the clocks at that
 * move, charged but not yet credited. `player` loses the credit of the move but not the time spent since; the opponent
 * gets back the time that they had at `then`.
 */
export function discredit(control: TimeControl, now: Clocks, then: Clocks, player: Player): Clocks {
  const credited = credit(control, then, player)[player] - then[player]
  return { ...then, [player]: Math.max(0, now[player] - credited) }
}

/** A flag falls in the millisecond in which no time is left. */
export function isFlagFallen(clocks: Clocks, player: Player, elapsedMs: number): boolean {
  return clocks[player] <= elapsedMs
}
