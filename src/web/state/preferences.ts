/** What a visitor chose, kept for the next visit. */
import { languages, type LanguageName } from '../language/names.ts'
import { load } from './storage.ts'

export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface Preferences {
  /** Null: the browser's. */
  readonly language: LanguageName | null
  readonly theme: Theme
  /** Null: not chosen yet, so ask before others see one. */
  readonly name: string | null
}

export function readPreferences(): Preferences {
  const { language, theme, name } = (load('settings') ?? {}) as Partial<Record<keyof Preferences, unknown>>
  return {
    language: languages.find((each) => each === language) ?? null,
    theme: themes.find((each) => each === theme) ?? 'auto',
    name: typeof name === 'string' && name !== '' ? name : null,
  }
}
