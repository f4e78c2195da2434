/** The button that opens the sayings, in a game between two people. */
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { text } from '../language/more.ts'
import { SayingsPanel } from '../shell/lazy-parts.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'

interface SayButtonProps {
  readonly table: PageGame
  readonly standing: PageGameState
}

export function SayButton({ table, standing: { view, me } }: SayButtonProps) {
  const isOpen = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  const { X, O } = view.players
  const arePeople = X !== null && O !== null && X.bot === undefined && O.bot === undefined && X.id !== O.id
  if (me === null || !arePeople) return null
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button plain"
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        onClick={() => (isOpen.value = true)}
      >
        {text('saySomething')}
      </button>
      {isOpen.value && (
        <SayingsPanel
          table={table}
          onClose={() => {
            isOpen.value = false
            button.current?.focus()
          }}
        />
      )}
    </>
  )
}
