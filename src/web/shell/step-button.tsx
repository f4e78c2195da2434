/** A button with an icon, of one step on a scale: a move of a record, a number. */

interface StepButtonProps {
  readonly label: string
  /** The path of its icon, in a square of 20. */
  readonly path: string
  readonly isOff: boolean
  readonly onClick: () => void
}

export function StepButton({ label, path, isOff, onClick }: StepButtonProps) {
  return (
    <button type="button" class="button step" title={label} disabled={isOff} onClick={onClick}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  )
}
