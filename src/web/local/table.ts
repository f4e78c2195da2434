/** The game without a server; it continues while other pages are shown. */
import { signal } from '@preact/signals'
import { openTable, type PageGame } from '../state/page-game.ts'
import { continueLocal, openLocal } from './games.ts'
import { readKept } from './kept.ts'
import { addResult, readScore, type Score, storeScore } from './score.ts'
import { firstLocalWish, type LocalWish, swapSides } from './wish.ts'

const kept = readKept()
/** What is played now. */
export const localWish = signal<LocalWish>(kept?.wish ?? firstLocalWish)
export const localTable = signal<PageGame>(
  openTable(localWish.peek().place, kept === null ? openLocal(firstLocalWish) : continueLocal(kept)),
)

/** The results of the sitting before this game. */
const earlier = signal(readScore())

/** The score of the sitting with this game. */
export function localScore(): Score {
  return addResult(earlier.value, localTable.value)
}

/** Starts a sitting, or continues it with this score. */
export function startLocal(wish: LocalWish, score: Score | null = null): void {
  earlier.value = storeScore(score)
  localTable.value.leave()
  localWish.value = wish
  localTable.value = openTable(wish.place, openLocal(wish))
}

/** Starts the next game of the sitting; after a game that is over, with the other side for the visitor. */
export function startLocalAgain(): void {
  const isOver = localTable.value.standing.value.shown.outcome !== null
  startLocal(isOver ? swapSides(localWish.value) : localWish.value, localScore())
}
