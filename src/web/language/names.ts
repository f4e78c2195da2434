/** The languages of the page, and which of them a browser asks for. */

export const languages = ['en', 'de', 'ar'] as const
export type LanguageName = (typeof languages)[number]

/** Each in its own words. */
export const languageTitles: Readonly<Record<LanguageName, string>> = { en: 'English', de: 'Deutsch', ar: 'العربية' }

export function directionOf(language: LanguageName): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** The first that is known of those wanted, `de-AT` counting as `de`; English when none is. */
export function chooseLanguage(wanted: readonly string[]): LanguageName {
  for (const tag of wanted) {
    const found = languages.find((language) => language === tag.toLowerCase().split('-')[0])
    if (found !== undefined) return found
  }
  return 'en'
}
