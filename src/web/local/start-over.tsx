/** The button that clears a game of two players at one screen. */
import { text } from '../language/more.ts'
import { ConfirmButton } from '../shell/confirm-button.tsx'
import { startLocalAgain } from './table.ts'

export function StartOver() {
  return (
    <ConfirmButton
      class="button plain"
      label={text('startOver')}
      question={text('startOverAsk')}
      onConfirm={startLocalAgain}
    />
  )
}
