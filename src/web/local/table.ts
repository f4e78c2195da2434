/** The game without a server; it continues while other pages are shown. */
import { signal } from '@preact/signals'
import { systemRandom } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import { openTable, type PageGame } from '../state/page-game.ts'
import { firstLocalWish, type LocalWish, openLocal } from './games.ts'

/** The requested game; `me: 'any'` draws the player's seat for each new game. */
export type LocalGameOptions =
  | Extract<LocalWish, { place: 'screen' }>
  | (Omit<Extract<LocalWish, { place: 'bot' }>, 'me'> & { readonly me: Player | 'any' })

let wanted: LocalGameOptions = firstLocalWish
export const localTable = signal<PageGame>(openTable('bot', openLocal(firstLocalWish)))

export function startLocal(next: LocalGameOptions): void {
  wanted = next
  localTable.value.leave()
  localTable.value = openTable(next.place, openLocal(settle(next)))
}

export function startLocalAgain(): void {
  startLocal(wanted)
}

function settle(next: LocalGameOptions): LocalWish {
  if (next.place === 'screen') return next
  const { me } = next
  return { ...next, me: me === 'any' ? (systemRandom.below(2) === 0 ? 'X' : 'O') : me }
}
