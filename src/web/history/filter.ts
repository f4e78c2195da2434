/** Which of the games the visitor wants to see. */
import { signal } from '@preact/signals'
import { titleOfRules } from '../words.ts'
import { groupBy, type Played, type GameResult } from './figures.ts'

export interface Filter {
  /** A key of {@link keys}; empty: any. */
  readonly opponent: string
  readonly rules: string
  readonly result: GameResult | ''
}

export const anyGame: Filter = { opponent: '', rules: '', result: '' }
export const filter = signal<Filter>(anyGame)

/** What groups of games have in common: an account, though its name may change, or a bot of one strength. */
export const keys = {
  opponent: ({ opponent: { id, bot } }: Played): string => bot ?? id,
  rules: ({ summary }: Played): string => titleOfRules(summary.rules),
  result: ({ result }: Played): string => result,
} as const

export type Trait = keyof typeof keys
const traits = Object.keys(keys) as readonly Trait[]

export function select(games: readonly Played[], wanted: Filter): readonly Played[] {
  return games.filter((game) => traits.every((trait) => wanted[trait] === '' || wanted[trait] === keys[trait](game)))
}

/** The newest game of each group: its names are the ones shown. */
export function examplesOf(games: readonly Played[], trait: Trait): readonly Played[] {
  return groupBy(games, keys[trait]).flatMap((group) => group.slice(0, 1))
}
