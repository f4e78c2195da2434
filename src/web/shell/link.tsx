/** A link to another page: a real link for new tabs and screen readers, which navigates without reloading. */
import type { ComponentChildren } from 'preact'
import { go } from '../state/navigation.ts'
import { makeRoute, type Route } from '../state/route.ts'

interface LinkProps {
  readonly to: Route
  readonly class?: string
  readonly isCurrent?: boolean
  readonly children: ComponentChildren
}

export function Link({ to, class: className, isCurrent = false, children }: LinkProps) {
  return (
    <a
      class={className}
      href={makeRoute(to)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        go(to)
      }}
    >
      {children}
    </a>
  )
}
