/** A checkbox with its title. */

interface TickProps {
  readonly title: string
  readonly isOn: boolean
  readonly isDisabled?: boolean
  readonly onTick: (isOn: boolean) => void
}

export function Tick({ title, isOn, isDisabled = false, onTick }: TickProps) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={isOn}
        disabled={isDisabled}
        onChange={({ currentTarget: { checked } }) => onTick(checked)}
      />
      {title}
    </label>
  )
}
