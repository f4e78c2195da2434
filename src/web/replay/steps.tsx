/** Steps through a game: a slider, four buttons, and the arrow keys where no other control uses them. */
import { useEffect, useRef } from 'preact/hooks'
import { text } from '../language/more.ts'
import { StepButton } from '../shell/step-button.tsx'
import { say } from '../state/ui.ts'

interface StepsProps {
  /** The number of moves shown. */
  readonly at: number
  readonly last: number
  readonly onStep: (moves: number) => void
}

export function Steps({ at, last, onStep }: StepsProps) {
  const goTo = (moves: number): void => {
    onStep(moves)
    // The slider announces its own changes.
    if (moves >= 0 && moves <= last) say(text('replay', { move: moves, moves: last }))
  }
  useArrowKeys((by) => goTo(at + by))
  const where = text('replay', { move: at, moves: last })
  return (
    <div class="steps">
      <div class="stepper" dir="ltr">
        <StepButton
          label={text('replayFirst')}
          path="M7 5v10M14 5l-6 5 6 5z"
          isOff={at === 0}
          onClick={() => goTo(0)}
        />
        <StepButton
          label={text('replayPrevious')}
          path="M13 5l-6 5 6 5z"
          isOff={at === 0}
          onClick={() => goTo(at - 1)}
        />
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          aria-label={text('replayPosition')}
          aria-valuetext={where}
          onInput={({ currentTarget: { valueAsNumber } }) => onStep(valueAsNumber)}
        />
        <StepButton label={text('replayNext')} path="M7 5l6 5-6 5z" isOff={at === last} onClick={() => goTo(at + 1)} />
        <StepButton
          label={text('replayLast')}
          path="M13 5v10M6 5l6 5-6 5z"
          isOff={at === last}
          onClick={() => goTo(last)}
        />
      </div>
      <p class="quiet">{where}</p>
    </div>
  )
}

/** Handles the arrow keys, except in the board, fields and dialogs, which use them themselves. */
function useArrowKeys(stepBy: (by: -1 | 1) => void): void {
  const newest = useRef(stepBy)
  newest.current = stepBy
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      const isTaken = event.target instanceof Element && event.target.closest('[role=grid], input, select, dialog')
      if (isTaken !== null && isTaken !== false) return
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
      event.preventDefault()
      newest.current(event.key === 'ArrowLeft' ? -1 : 1)
    }
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [])
}
