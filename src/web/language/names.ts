/** The languages of the page, and the choice among them by the browser's preferences. */

export const languages = ['en', 'de', 'ar'] as const
export type LanguageName = (typeof languages)[number]

/** The name of each language in that language. */
export const languageTitles: Readonly<Record<LanguageName, string>> = { en: 'English', de: 'Deutsch', ar: 'العربية' }

export function directionOf(language: LanguageName): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The first known language of `wanted`, with `de-AT` counting as `de`; English if none is known. */
export function chooseLanguage(wanted: readonly string[]): LanguageName {
  for (const tag of wanted) {
    const found = languages.find((language) => language === tag.toLowerCase().split('-')[0])
    if (found !== undefined) return found
  }
  return 'en'
}
