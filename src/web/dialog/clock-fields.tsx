/** The fields for the clock. */
import { text } from '../language/more.ts'
import { NumberField } from './number-field.tsx'
import { Select } from '../shell/select.tsx'
import type { ClockName, GameSetup } from './wish.ts'

interface ClockFieldsProps {
  readonly wish: GameSetup
  readonly onChange: (some: Partial<GameSetup>) => void
}

const clocks: readonly ClockName[] = ['none', '1+0', '3+2', '10+5', 'day', 'custom']

export function ClockFields({ wish: { clock, minutes, seconds }, onChange }: ClockFieldsProps) {
  return (
    <>
      <Select
        title={text('clock')}
        options={clocks.map((each) => ({ value: each, title: titleOf(each) }))}
        value={clock}
        onChoose={(chosen) => onChange({ clock: chosen })}
      />
      {clock === 'custom' && (
        <div class="folded">
          <NumberField
            title={text('minutes')}
            value={minutes}
            min={0.5}
            max={600}
            step={0.5}
            onType={(value) => onChange({ minutes: value })}
          />
          <NumberField
            title={text('increment')}
            value={seconds}
            min={0}
            max={600}
            onType={(value) => onChange({ seconds: value })}
          />
        </div>
      )}
    </>
  )
}

function titleOf(clock: ClockName): string {
  if (clock === 'none') return text('clockNone')
  if (clock === 'day') return text('clockDay')
  if (clock === 'custom') return text('clockCustom')
  const [minutes = 0, seconds = 0] = clock.split('+').map(Number)
  return text('clockMinutes', { minutes, seconds })
}
