/** The button that draws the best moves for the visitor's turn, in games against a bot that perfect play settles. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { opponent } from '../../game/index.ts'
import { text } from '../language/more.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { say } from '../state/ui.ts'
import { sayBest } from './best-moves.ts'
import { drawBest } from './judgement.ts'
import { askBest, isSolved } from './judgements.ts'

interface HintProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function Hint({ table, standing: { shown, me, isMyTurn, isPending } }: HintProps) {
  const { rules, board, turn, players, outcome, version } = shown
  const isAsked = useSignal(false)
  const canAsk = isMyTurn && !isPending && !isAsked.value && table.best.value === null
  useEffect(() => {
    if (!isAsked.value || turn === null) return
    const stop = askBest({ rules, board, turn }, (plies) => {
      isAsked.value = false
      table.best.value = { board, cells: drawBest(shown, plies) }
      say(sayBest(rules, plies, plies.length))
    })
    return stop
  }, [isAsked.value])
  useEffect(
    () => () => {
      isAsked.value = false
      table.best.value = null
    },
    [table, version, board],
  )
  if (me === null || outcome !== null || players[opponent(me)]?.bot === undefined || !isSolved(rules)) return null
  return (
    <button
      type="button"
      class="button plain"
      aria-disabled={!canAsk}
      onClick={() => {
        if (!canAsk) return
        say(text('hintUnder'))
        isAsked.value = true
      }}
    >
      {text('hint')}
    </button>
  )
}
