/** The game that plays without a server, whichever page is shown. */
import { signal } from '@preact/signals'
import { systemRandom } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import { openTable, type Table } from '../state/table.ts'
import { firstWish, type LocalWish, openLocal } from './games.ts'

/** As asked for: who begins may be left to chance, each time anew. */
export type Wanted =
  | Extract<LocalWish, { place: 'screen' }>
  | (Omit<Extract<LocalWish, { place: 'bot' }>, 'me'> & { readonly me: Player | 'any' })

let wanted: Wanted = firstWish
export const localTable = signal<Table>(openTable('bot', openLocal(firstWish)))

export function startLocal(next: Wanted): void {
  wanted = next
  localTable.value.leave()
  localTable.value = openTable(next.place, openLocal(settle(next)))
}

export function startLocalAgain(): void {
  startLocal(wanted)
}

function settle(next: Wanted): LocalWish {
  if (next.place === 'screen') return next
  const { me } = next
  return { ...next, me: me === 'any' ? (systemRandom.below(2) === 0 ? 'X' : 'O') : me }
}
