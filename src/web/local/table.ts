/** The game without a server; it continues while other pages are shown. */
import { signal } from '@preact/signals'
import { openTable, type PageGame } from '../state/page-game.ts'
import { continueLocal, openLocal } from './games.ts'
import { readKept } from './kept.ts'
import { firstLocalWish, type LocalWish } from './wish.ts'

const kept = readKept()
/** What is played now. */
export const localWish = signal<LocalWish>(kept?.wish ?? firstLocalWish)
export const localTable = signal<PageGame>(
  openTable(localWish.peek().place, kept === null ? openLocal(firstLocalWish) : continueLocal(kept)),
)

export function startLocal(wish: LocalWish): void {
  localTable.value.leave()
  localWish.value = wish
  localTable.value = openTable(wish.place, openLocal(wish))
}

export function startLocalAgain(): void {
  startLocal(localWish.value)
}
