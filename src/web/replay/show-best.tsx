/** The choice to see the best moves of the position that a review shows. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Ply } from '../../game/index.ts'
import { Tick } from '../dialog/tick.tsx'
import { text } from '../language/more.ts'
import type { PageGame } from '../state/page-game.ts'
import { drawBest, type Judgement } from './judgement.ts'
import { askBest } from './judgements.ts'
import { boardAt, type Course, moverOf } from './record.ts'

/** Lasts until the page is loaded again. */
const isWanted = signal(false)

interface ShowBestProps {
  readonly table: PageGame
  readonly course: Course
  readonly judgements: ReadonlyMap<number, Judgement>
  readonly at: number
}

export function ShowBest({ table, course, judgements, at }: ShowBestProps) {
  const isOn = isWanted.value
  const known = judgements.get(at)?.best
  useEffect(() => {
    if (!isOn) return
    const { rules, plies } = course
    const board = boardAt(course, at)
    const draw = (best: readonly Ply[]): void => {
      table.best.value = { board, cells: drawBest({ rules, board }, best) }
    }
    if (known !== undefined) draw(known)
    // The moves have judgements. A game that was given up has one more position.
    const isGivenUp = at === plies.length && canGoOn(table)
    const stop = isGivenUp ? askBest({ rules, board, turn: moverOf(at) }, draw) : null
    return () => {
      stop?.()
      table.best.value = null
    }
  }, [table, course.plies.length, at, known, isOn])
  return <Tick title={text('showBest')} isOn={isOn} onTick={(wanted) => (isWanted.value = wanted)} />
}

function canGoOn(table: PageGame): boolean {
  const { outcome } = table.standing.peek().view
  return outcome !== null && outcome.by !== 'line' && outcome.by !== 'full'
}
