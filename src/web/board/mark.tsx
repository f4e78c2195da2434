/** X and O as shapes that can be distinguished without colour. */
import type { Mark } from '../../game/index.ts'

const path: Readonly<Record<Mark, string>> = {
  X: 'M5 5 15 15M15 5 5 15',
  O: 'M10 4.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 1 1 0-11.2',
}

/** Hidden from screen readers: the parent element names the mark in words. */
export function MarkShape({ mark }: { readonly mark: Mark }) {
  return (
    <svg class={`mark mark-${mark}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={path[mark]} pathLength={1} />
    </svg>
  )
}
