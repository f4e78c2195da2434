/** Every move of a game; on a small board with its judgement by perfect play. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { GameView } from '../../client/index.ts'
import { opponent, placeOf, solvableCellsMax } from '../../game/index.ts'
import { MarkShape } from '../board/mark.tsx'
import { text } from '../language/more.ts'
import { sayPlace } from '../options/place.ts'
import type { PageGame } from '../state/page-game.ts'
import type { MoveJudgement, Judgement, JudgementRequest } from './judgement.ts'
import { type Course, moverOf } from './record.ts'

interface MoveListProps {
  readonly table: PageGame
  readonly course: Course
  readonly at: number
  readonly onStep: (moves: number) => void
}

export function MoveList({ table, course, at, onStep }: MoveListProps) {
  const isSolvable = course.rules.width * course.rules.height <= solvableCellsMax
  const judgements = useJudgements(course, table.standing.value.view.outcome, isSolvable)
  const isDone = judgements.size === course.plies.length
  return (
    <div class="moves">
      <h3>{text(isSolvable ? 'analysis' : 'moves')}</h3>
      {isSolvable && !isDone && <p class="quiet">{text('analysisUnder')}</p>}
      <ol>
        {course.plies.map(({ cell, mark }, move) => {
          const place = placeOf(course.rules, cell)
          const judgement = judgements.get(move)
          return (
            <li key={move}>
              <button
                type="button"
                class={judgement?.isBlunder === true ? 'move blunder' : 'move'}
                aria-current={at === move + 1 ? 'step' : undefined}
                onClick={() => onStep(move + 1)}
              >
                <span class="number">{move + 1}</span>
                <MarkShape mark={mark} />
                <span class="unseen">{mark}</span>
                <span>{sayPlace(place)}</span>
                <span class="value">{judgement === undefined ? '' : sayValue(judgement, move)}</span>
                {judgement?.isBlunder === true && <span class="advice">{sayAdvice(judgement)}</span>}
              </button>
            </li>
          )
        })}
      </ol>
    </div>
  )
}

function sayValue({ after }: Judgement, move: number): string {
  if (after.result === 'draw') return text('valueDraw')
  const mover = moverOf(move)
  const player = after.result === 'win' ? mover : opponent(mover)
  // The moves of the player who makes the last one.
  const moves = Math.ceil(after.plies / 2)
  return moves === 0 ? text('valueNow', { player }) : text('valueWin', { player, moves })
}

function sayAdvice({ best }: Judgement): string {
  const places = best.slice(0, 2).map(sayPlace)
  return `${text('blunder')}. ${text('best', { places: places.join('; ') })}`
}

/** The judgements by the number of the move, from 0. A worker delivers them one by one; none if not `isSolvable`. */
function useJudgements(
  course: Course,
  outcome: GameView['outcome'],
  isSolvable: boolean,
): ReadonlyMap<number, Judgement> {
  const found = useSignal<ReadonlyMap<number, Judgement>>(new Map())
  useEffect(() => {
    if (!isSolvable) return
    const thread = new Worker(new URL('../worker/judge.ts', import.meta.url), { type: 'module', name: 'judge' })
    thread.onmessage = ({ data: { move, judgement } }: MessageEvent<MoveJudgement>) => {
      found.value = new Map(found.value).set(move, judgement)
    }
    const question: JudgementRequest = { course, end: endOf(course, outcome) }
    thread.postMessage(question)
    return () => thread.terminate()
  }, [course.plies.length])
  return found.value
}

function endOf({ plies }: Course, outcome: GameView['outcome']): JudgementRequest['end'] {
  if (outcome === null || (outcome.by !== 'line' && outcome.by !== 'full')) return null
  if (outcome.winner === null) return 'draw'
  return outcome.winner === moverOf(plies.length - 1) ? 'win' : 'loss'
}
