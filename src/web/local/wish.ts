/** What the visitor wants to play without a server. */
import { type Level, type MatchLength, opponent, type Player, presets, type Rules } from '../../game/index.ts'

/**
 * bot: the visitor against a bot; `me: 'any'` draws the visitor's seat for each new game. screen: two players at one
 * screen, with open seats.
 */
export type LocalWish = (
  | { readonly place: 'bot'; readonly me: Player | 'any'; readonly level: Level }
  | { readonly place: 'screen' }
) & {
  readonly rules: Rules
  /** The most games of the match; absent: single games. */
  readonly match?: MatchLength
}

export const places = ['bot', 'screen'] as const satisfies readonly LocalWish['place'][]

export const firstLocalWish: LocalWish = { place: 'bot', rules: presets.tictactoe, me: 'X', level: 'casual' }

/** The wish for the next game: sides alternate, unless they are drawn for each game. */
export function swapSides(wish: LocalWish): LocalWish {
  return wish.place === 'screen' || wish.me === 'any' ? wish : { ...wish, me: opponent(wish.me) }
}
