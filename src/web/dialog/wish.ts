/** What the dialog for a new game has in its fields, and the game that they mean. */
import {
  checkRules,
  type Level,
  makeRules,
  type MarkRule,
  parseRules,
  type Player,
  type Rules,
  type TimeControl,
} from '../../game/index.ts'

export type Opponent = 'bot' | 'friend' | 'anyone' | 'screen'
export type ClockName = 'none' | '1+0' | '3+2' | '10+5' | 'day' | 'custom'

export interface Wish {
  readonly against: Opponent
  readonly level: Level
  readonly rules: Rules
  /** The rules were chosen one by one. */
  readonly isCustom: boolean
  readonly clock: ClockName
  /** Of the clock of one's own. */
  readonly minutes: number
  readonly seconds: number
  readonly seat: Player | 'any'
}

export const firstWish: Wish = {
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
  seat: 'any',
}

export function isPlayable(rules: Rules): boolean {
  return checkRules(rules) === undefined
}

/** Undefined: no clock. */
export function clockOf({ clock, minutes, seconds }: Wish): TimeControl | undefined {
  if (clock === 'none') return undefined
  if (clock === 'day') return { perMoveMs: 86_400_000 }
  const [own, increment] = clock === 'custom' ? [minutes, seconds] : clock.split('+').map(Number)
  return { initialMs: Math.round((own ?? 5) * 60_000), incrementMs: Math.round((increment ?? 0) * 1000) }
}

/** As a text to keep, and back: what was played last is offered first. */
export function makeWish(wish: Wish): object {
  return { ...wish, rules: makeRules(wish.rules) }
}

export function parseWish(kept: unknown): Wish {
  const { rules, ...rest } = (kept ?? {}) as { readonly rules?: unknown }
  const parsed = typeof rules === 'string' ? parseRules(rules) : firstWish.rules
  if (typeof parsed === 'string') return firstWish
  return { ...firstWish, ...(rest as Partial<Wish>), rules: parsed }
}
