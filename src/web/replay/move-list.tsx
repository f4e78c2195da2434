/** Every move of a game; on a small board with its judgement by perfect play. */
import { opponent, placeOf, type Rules } from '../../game/index.ts'
import { MarkShape } from '../board/mark.tsx'
import { text } from '../language/more.ts'
import { sayBest } from './best-moves.ts'
import { sayPlace } from '../options/place.ts'
import type { Judgement } from './judgement.ts'
import { isSolved } from './judgements.ts'
import { type Course, moverOf } from './record.ts'

interface MoveListProps {
  readonly course: Course
  /** By the number of the move, from 0. */
  readonly judgements: ReadonlyMap<number, Judgement>
  readonly at: number
  readonly onStep: (moves: number) => void
}

export function MoveList({ course, judgements, at, onStep }: MoveListProps) {
  const isSolvable = isSolved(course.rules)
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
                {judgement?.isBlunder === true && <span class="advice">{sayAdvice(course.rules, judgement)}</span>}
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

function sayAdvice(rules: Rules, { best }: Judgement): string {
  return `${text('blunder')}. ${sayBest(rules, best, 2)}`
}
