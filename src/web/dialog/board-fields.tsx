/** The fields of the settings for boards. */
import { text } from '../language/more.ts'
import { type BoardSettings, boardThemes, coordinatePlaces, readBoardSettings } from '../options/settings.ts'
import { readPreferences } from '../state/preferences.ts'
import { choose } from '../state/ui.ts'
import { Tick } from './tick.tsx'

interface BoardFieldsProps {
  readonly value: BoardSettings
  readonly onChange: (some: Partial<BoardSettings>) => void
}

export function BoardFields({ value, onChange }: BoardFieldsProps) {
  return (
    <fieldset>
      <legend>{text('board')}</legend>
      <div class="pair">
        <label class="field">
          <span>{text('boardTheme')}</span>
          <select
            value={value.theme}
            onChange={({ currentTarget }) =>
              onChange({ theme: boardThemes.find((each) => each === currentTarget.value) ?? value.theme })
            }
          >
            {boardThemes.map((theme) => (
              <option key={theme} value={theme}>
                {text(`boardTheme_${theme}`)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{text('coordinates')}</span>
          <select
            value={value.coordinates}
            onChange={({ currentTarget }) =>
              onChange({
                coordinates: coordinatePlaces.find((each) => each === currentTarget.value) ?? value.coordinates,
              })
            }
          >
            {coordinatePlaces.map((place) => (
              <option key={place} value={place}>
                {text(`coordinates_${place}`)}
              </option>
            ))}
          </select>
        </label>
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
