/** The answers of the worker that knows perfect play. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { GameView } from '../../client/index.ts'
import { type GamePosition, type Ply, type Rules, solvableCellsMax } from '../../game/index.ts'
import { firstText } from '../language/text.ts'
import { warn } from '../state/ui.ts'
import type { Judgement, JudgementRequest, MoveJudgement } from './judgement.ts'
import { type Course, moverOf } from './record.ts'

export function isSolved({ width, height }: Rules): boolean {
  return width * height <= solvableCellsMax
}

/** Finds the best moves of a position that is not over. @returns ends the search */
export function askBest(position: GamePosition, onFound: (plies: readonly Ply[]) => void): () => void {
  const thread = openJudge()
  thread.onmessage = ({ data }: MessageEvent<readonly Ply[]>) => {
    thread.terminate()
    onFound(data)
  }
  thread.onerror = () => warn(firstText('unavailable'))
  thread.postMessage(position)
  return () => thread.terminate()
}

export function openJudge(): Worker {
  return new Worker(new URL('../worker/judge.ts', import.meta.url), { type: 'module', name: 'judge' })
}

/** The judgements by the number of the move, from 0, as they come; none on boards that are too large. */
export function useJudgements(course: Course, outcome: GameView['outcome']): ReadonlyMap<number, Judgement> {
  const found = useSignal<ReadonlyMap<number, Judgement>>(new Map())
  useEffect(() => {
    if (!isSolved(course.rules)) return
    const thread = openJudge()
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
