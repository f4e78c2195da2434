/** Keeps a tap from doing what it was not meant for: what has just changed under the finger does nothing yet. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { systemClock } from '../../base/index.ts'
import { noticeMs } from '../../client/limits.ts'
import { text } from '../language/more.ts'
import { warn } from '../state/ui.ts'

interface SteadyProps {
  /** What the controls inside mean, and where they are: other words are other controls at the same place. */
  readonly meaning: string
  readonly tag?: 'div' | 'li'
  readonly class?: string
  readonly children: ComponentChildren
}

/**
 * Controls that act only on what somebody could see. For `noticeMs` after `meaning` is another, and for a press
 * that began before, they do nothing, and the page says why.
 */
export function Steady({ meaning, tag: Tag = 'div', class: className = '', children }: SteadyProps) {
  const { isFresh, isFirst } = useFreshness(meaning)
  const pressed = useRef(meaning)
  return (
    <Tag
      class={isFresh ? `${className} fresh` : className}
      onPointerDownCapture={() => (pressed.current = meaning)}
      onClickCapture={(event: MouseEvent) => {
        // A key goes to where the focus is, which somebody moved there since this is on the page.
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
  /** Nothing was here before. */
  readonly isFirst: boolean
}

function useFreshness(meaning: string): Freshness {
  const shown = useRef({ meaning, isFirst: true })
  // Each change is one of its own, also back to what was before.
  if (shown.current.meaning !== meaning) shown.current = { meaning, isFirst: false }
  const change = shown.current
  const [seen, see] = useState<typeof change | null>(null)
  useEffect(() => {
    const timer = systemClock.after(noticeMs, () => see(change))
    return () => timer.cancel()
  }, [change])
  return { isFresh: seen !== change, isFirst: change.isFirst }
}
