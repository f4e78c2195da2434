/** One of a few choices that a picture explains. The tiles of one group are radio buttons. */
import type { ComponentChildren } from 'preact'

interface TileProps {
  readonly group: string
  readonly title: string
  readonly isChosen: boolean
  readonly onChoose: () => void
  /** The picture. */
  readonly children: ComponentChildren
}

export function Tile({ group, title, isChosen, onChoose, children }: TileProps) {
  return (
    <label class="tile">
      {children}
      <input type="radio" name={group} aria-label={title} checked={isChosen} onChange={onChoose} />
      <span aria-hidden="true">{title}</span>
    </label>
  )
}
