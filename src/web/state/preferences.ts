/** The visitor's settings, stored for the next visit. */
import { languages, type LanguageName } from '../language/names.ts'
import { load } from './storage.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  /** Null means the browser's language. */
  readonly language: LanguageName | null
  readonly theme: Theme
  /** Null if not chosen yet: ask before others see a name. */
  readonly name: string | null
  /** Whether a sound tells what others did in the visitor's games. */
  readonly sound: boolean
  /** Whether notifications tell it while the page is hidden. */
  readonly notifications: boolean
  /** Whether notifications also come while the page is closed. */
  readonly push: boolean
  /** Whether what opponents say is hidden. */
  readonly mutes: boolean
  /** How boards are shown, as it is stored: see `readBoardSettings`. Undefined if nothing was chosen. */
  readonly board?: object | undefined
}

export function readPreferences(): Preferences {
  const { language, theme, name, sound, notifications, push, mutes, board } = (load('settings') ?? {}) as Partial<
    Record<keyof Preferences, unknown>
  >
  return {
    language: languages.find((each) => each === language) ?? null,
    theme: themes.find((each) => each === theme) ?? 'auto',
    name: typeof name === 'string' && name !== '' ? name : null,
    sound: sound === true,
    notifications: notifications === true,
    push: push === true,
    mutes: mutes === true,
    board: board as object | undefined,
  }
}
