/** The review of a finished game: step by step, compared with perfect play, and verified. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { GameRecord } from '../../client/index.ts'
import { placeOf } from '../../game/index.ts'
import { report } from '../state/ask.ts'
import { text } from '../language/more.ts'
import type { Past, PageGame } from '../state/page-game.ts'
import { MoveList } from './move-list.tsx'
import { boardAt, type Course, courseOf } from './record.ts'
import { isSolved, useJudgements } from './judgements.ts'
import { ShowBest } from './show-best.tsx'
import { Steps } from './steps.tsx'
import { TakeAway } from './take-away.tsx'

export function Review({ table }: { readonly table: PageGame }) {
  const record = useSignal<GameRecord | null>(null)
  useEffect(() => {
    table.handle.record().then((answer) => (record.value = answer), report)
    return () => (table.past.value = null)
  }, [table])
  const course = record.value === null ? null : courseOf(record.value)
  if (record.value === null || course === null) return null
  return <Known table={table} record={record.value} course={course} />
}

interface KnownProps {
  readonly table: PageGame
  readonly record: GameRecord
  readonly course: Course
}

function Known({ table, record, course }: KnownProps) {
  const step = useSignal<number | null>(null)
  const judgements = useJudgements(course, table.standing.value.view.outcome)
  const last = course.plies.length
  const at = Math.min(step.value ?? last, last)
  const show = (wanted: number): void => {
    step.value = Math.min(last, Math.max(0, wanted))
    table.past.value = step.value === last ? null : pastAt(course, step.value)
  }
  return (
    <section class="review" aria-labelledby="review">
      <h2 id="review">{text('review')}</h2>
      <Steps at={at} last={last} onStep={show} />
      {isSolved(course.rules) && <ShowBest table={table} course={course} judgements={judgements} at={at} />}
      {last > 0 && <MoveList course={course} judgements={judgements} at={at} onStep={show} />}
      <TakeAway table={table} course={course} record={record} />
    </section>
  )
}

function pastAt(course: Course, moves: number): Past {
  const ply = course.plies[moves - 1]
  if (ply === undefined) return { board: boardAt(course, moves), lastMove: null }
  const { x, y } = placeOf(course.rules, ply.cell)
  return { board: boardAt(course, moves), lastMove: [x, y] }
}
