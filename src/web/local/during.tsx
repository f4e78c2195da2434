/** The buttons below a game without a server, once it has begun; after its end those of a match. */
import { firstText } from '../language/text.ts'
import { text } from '../language/more.ts'
import { Hint } from '../replay/hint.tsx'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { offer } from '../state/actions.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { ContinueMatch } from './match.tsx'
import { startLocalAgain } from './table.ts'

export interface DuringProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function During({ table, standing }: DuringProps) {
  const { shown, me, isMyTurn, isPending } = standing
  if (shown.outcome !== null) return <ContinueMatch />
  if (me === null)
    return (
      <ConfirmButton
        class="button plain"
        label={text('startOver')}
        question={text('startOverAsk')}
        onConfirm={startLocalAgain}
      />
    )
  const canTakeBack = isMyTurn && !isPending && shown.board.replaceAll('.', '').length > 1
  return (
    <>
      {canTakeBack && (
        <button type="button" class="button plain" onClick={() => offer(table, 'takeback')}>
          {firstText('takeBack')}
        </button>
      )}
      {isMyTurn && !isPending && <Hint table={table} standing={standing} />}
    </>
  )
}
