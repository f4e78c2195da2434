/** X and O as shapes that can be distinguished without colour. */
import type { Mark } from '../../game/index.ts'
import { markPaths } from '../../game/mark-paths.ts'

/** Hidden from screen readers: the parent element names the mark in words. */
export function MarkShape({ mark }: { readonly mark: Mark }) {
  return (
    <svg class={`mark mark-${mark}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={markPaths[mark]} pathLength={1} />
    </svg>
  )
}
