/** A button for what cannot be undone: the first press asks, the second one acts. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import { say } from '../state/ui.ts'

/** How long the question stands, in ms. */
const askMs = 5_000
/** A second press that comes sooner is a double tap, in ms. */
const doubleTapMs = 500

interface ConfirmButtonProps {
  readonly label: string
  /** Shown instead of the label after the first press. */
  readonly question: string
  readonly class?: string
  readonly onConfirm: () => void
}

export function ConfirmButton({ label, question, class: className = 'button', onConfirm }: ConfirmButtonProps) {
  const askedAt = useSignal<number | null>(null)
  const isAsking = askedAt.value !== null
  useEffect(() => {
    if (!isAsking) return
    const timer = systemClock.after(askMs, () => (askedAt.value = null))
    return () => timer.cancel()
  }, [isAsking])
  const press = (): void => {
    if (askedAt.value === null) {
      askedAt.value = systemClock.now()
      say(question)
    } else if (systemClock.now() - askedAt.value >= doubleTapMs) {
      askedAt.value = null
      onConfirm()
    }
  }
  return (
    <button
      type="button"
      class={`${className} confirm ${isAsking ? 'asking' : ''}`}
      aria-label={isAsking ? question : label}
      onClick={press}
    >
      {/* Both texts have their place, so that the question moves nothing. */}
      <span class={isAsking ? 'hidden' : ''}>{label}</span>
      <span class={isAsking ? '' : 'hidden'}>{question}</span>
    </button>
  )
}
