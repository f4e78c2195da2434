/** The values of the new-game dialog, and the game that they describe. */
import {
  checkRules,
  type Level,
  makeRules,
  type MarkRule,
  type MatchLength,
  parseRules,
  type Player,
  presetOf,
  type Rules,
  type TimeControl,
} from '../../game/index.ts'
import type { LocalWish } from '../local/wish.ts'

export type Opponent = 'bot' | 'friend' | 'anyone' | 'screen'
export type ClockName = 'none' | '1+0' | '3+2' | '10+5' | 'day' | 'custom'

export interface GameSetup {
  readonly against: Opponent
  readonly level: Level
  readonly rules: Rules
  /** Whether the rules were chosen one by one. */
  readonly isCustom: boolean
  readonly clock: ClockName
  /** Minutes and seconds of the custom clock. */
  readonly minutes: number
  readonly seconds: number
  /** The most games of a match; 1: a single game. */
  readonly match: MatchLength | 1
  readonly seat: Player | 'any'
}

export const firstSetup: GameSetup = {
  against: 'friend',
  level: 'casual',
  rules: {
    width: 3,
    height: 3,
    line: 3,
    gravity: false,
    misere: false,
    marks: 'own' satisfies MarkRule,
    exact: false,
  },
  isCustom: false,
  clock: 'none',
  minutes: 5,
  seconds: 3,
  match: 1,
  seat: 'any',
}

/** The values of the dialog for the game that is played here. */
export function setupOf(wish: LocalWish): GameSetup {
  const setup: GameSetup = {
    ...firstSetup,
    against: wish.place,
    rules: wish.rules,
    match: wish.match ?? 1,
    isCustom: presetOf(wish.rules) === null,
  }
  return wish.place === 'screen' ? setup : { ...setup, level: wish.level, seat: wish.me }
}

export function isPlayable(rules: Rules): boolean {
  return checkRules(rules) === undefined
}

/** Undefined if there is no clock. */
export function clockOf({ clock, minutes, seconds }: GameSetup): TimeControl | undefined {
  if (clock === 'none') return undefined
  if (clock === 'day') return { perMoveMs: 86_400_000 }
  const [own, increment] = clock === 'custom' ? [minutes, seconds] : clock.split('+').map(Number)
  return { initialMs: Math.round((own ?? 5) * 60_000), incrementMs: Math.round((increment ?? 0) * 1000) }
}

/** The stored form of the values: the dialog begins with the last choice. */
export function makeWish(wish: GameSetup): object {
  return { ...wish, rules: makeRules(wish.rules) }
}

export function parseWish(kept: unknown): GameSetup {
  const { rules, ...rest } = (kept ?? {}) as { readonly rules?: unknown }
  const parsed = typeof rules === 'string' ? parseRules(rules) : firstSetup.rules
  if (typeof parsed === 'string') return firstSetup
  return { ...firstSetup, ...(rest as Partial<GameSetup>), rules: parsed }
}
