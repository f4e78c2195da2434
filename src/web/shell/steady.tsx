/** Blocks taps on controls that have just changed under the finger, which would have an unintended effect. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import { noticeMs } from '../../client/limits.ts'
import { text } from '../language/more.ts'
import { warn } from '../state/ui.ts'

interface SteadyProps {
  /**
   * Identifies the controls inside and their places; another value means that other controls are now at the same place.
   */
  readonly meaning: string
  readonly tag?: 'div' | 'li'
  readonly class?: string
  readonly children: ComponentChildren
}

/**
 * Controls that act only on a state the user has seen. For `noticeMs` after `meaning` has changed, and for a press
 * that began before the change, they do nothing, and the page says why.
 */
export function Steady({ meaning, tag: Tag = 'div', class: className = '', children }: SteadyProps) {
  const { isFresh, isFirst } = useFreshness(meaning)
  const pressed = useRef(meaning)
  return (
    <Tag
      class={isFresh ? `${className} fresh` : className}
      onPointerDownCapture={() => (pressed.current = meaning)}
      onClickCapture={(event: MouseEvent) => {
        // A key press goes to the focused control, which the user focused after it appeared.
        const isKey = event.detail === 0
        if (isKey ? !isFresh || isFirst : !isFresh && pressed.current === meaning) return
        event.preventDefault()
        event.stopPropagation()
        warn(text('justChanged'))
      }}
    >
      {children}
    </Tag>
  )
}

interface Freshness {
  readonly isFresh: boolean
  /** Whether there was no earlier content. */
  readonly isFirst: boolean
}

function useFreshness(meaning: string): Freshness {
  const shown = useRef({ meaning, isFirst: true })
  // Each change is a new object, also a change back to an earlier meaning.
  if (shown.current.meaning !== meaning) shown.current = { meaning, isFirst: false }
  const change = shown.current
  const [seen, see] = useState<typeof change | null>(null)
  useEffect(() => {
    const timer = systemClock.after(noticeMs, () => see(change))
    return () => timer.cancel()
  }, [change])
  return { isFresh: seen !== change, isFirst: change.isFirst }
}
