/** What the visitor has chosen for boards. Only parts that are loaded later read it: the first page stores it as it is. */
import { ui } from '../state/ui.ts'

export const boardThemes = ['paper', 'slate', 'wood', 'contrast'] as const
export const coordinatePlaces = ['off', 'beside', 'cells'] as const

export interface BoardSettings {
  readonly theme: (typeof boardThemes)[number]
  /** Where the numbers of columns and rows are. */
  readonly coordinates: (typeof coordinatePlaces)[number]
  /** Whether a move takes two taps. */
  readonly confirms: boolean
  /** Whether a tap while the opponent thinks chooses the next move. */
  readonly premoves: boolean
}

/** @param stored undefined if nothing was chosen; what another release stored is validated. */
export function readBoardSettings(stored: unknown): BoardSettings {
  const { theme, coordinates, confirms, premoves } = (stored ?? {}) as Partial<Record<keyof BoardSettings, unknown>>
  return {
    theme: boardThemes.find((each) => each === theme) ?? 'paper',
    coordinates: coordinatePlaces.find((each) => each === coordinates) ?? 'off',
    confirms: confirms === true,
    premoves: premoves === true,
  }
}

/** The current settings. A component that uses them renders again when they change. */
export function boardSettings(): BoardSettings {
  return readBoardSettings(ui.settings.value.board)
}
