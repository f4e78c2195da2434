/** The fields of the settings for boards. */
import { text } from '../language/more.ts'
import { type BoardSettings, boardThemes, coordinatePlaces, readBoardSettings } from '../options/settings.ts'
import { readPreferences } from '../state/preferences.ts'
import { choose } from '../state/ui.ts'
import { Tick } from './tick.tsx'
import { Select } from '../shell/select.tsx'

interface BoardFieldsProps {
  readonly value: BoardSettings
  readonly onChange: (some: Partial<BoardSettings>) => void
}

export function BoardFields({ value, onChange }: BoardFieldsProps) {
  return (
    <fieldset>
      <legend>{text('board')}</legend>
      <div class="pair">
        <Select
          title={text('boardTheme')}
          options={boardThemes.map((each) => ({ value: each, title: text(`boardTheme_${each}`) }))}
          value={value.theme}
          onChoose={(theme) => onChange({ theme })}
        />
        <Select
          title={text('coordinates')}
          options={coordinatePlaces.map((each) => ({ value: each, title: text(`coordinates_${each}`) }))}
          value={value.coordinates}
          onChoose={(coordinates) => onChange({ coordinates })}
        />
      </div>
      {(['confirms', 'premoves'] as const).map((name) => (
        <Tick key={name} title={text(name)} isOn={value[name]} onTick={(isOn) => onChange({ [name]: isOn })} />
      ))}
    </fieldset>
  )
}

/** Stores what differs from `before`. The rest stays as it is stored, perhaps by another page of this browser. */
export function chooseBoard(before: BoardSettings, after: BoardSettings): void {
  const changed = Object.entries(after).filter(([name, value]) => before[name as keyof BoardSettings] !== value)
  if (changed.length === 0) return
  choose({ board: { ...readBoardSettings(readPreferences().board), ...Object.fromEntries(changed) } })
}
