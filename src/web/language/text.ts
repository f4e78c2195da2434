/** The texts of the page in the current language. */
import { signal } from '@preact/signals'
import type { Catalogue, FirstKey, TextKey } from './catalogue.ts'
import { en } from './en.ts'
import type { enMore } from './en-more.ts'
import { chooseLanguage, directionOf, type LanguageName } from './names.ts'

export type Values = Readonly<Record<string, string | number>>

export const language = signal<LanguageName>('en')
/** In English it begins with the texts of the first board only. */
const catalogue = signal<Readonly<Record<FirstKey, string>> & Partial<Catalogue>>(en)

/** The text of a key, with `{value}` filled in. A component that uses it renders again when the language changes. */
export function firstText(key: FirstKey, values: Values = {}): string {
  return textOf(key, values)
}

/** Empty for a text that is not loaded yet: see {@link loadMore}. */
export function textOf(key: TextKey, values: Values): string {
  return fill(catalogue.value[key] ?? '', values)
}

/** Fills in the values. A placeholder without a value stays visible. */
export function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Wraps a foreign text in Unicode isolates, so that it keeps its own direction inside a sentence. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}

export function isKey(key: string): key is FirstKey {
  return key in en
}

/** Changes the language; null means the browser's. Until the texts are loaded, the page keeps its old language. */
export async function speak(wanted: LanguageName | null): Promise<void> {
  const name = wanted ?? chooseLanguage(navigator.languages)
  if (name !== 'en') catalogue.value = await loaders[name]()
  else if (name !== language.value) catalogue.value = { ...en, ...(await loadEnglish()) }
  language.value = name
  document.documentElement.lang = name
  document.documentElement.dir = directionOf(name)
}

/** Loads the texts beyond those of the first board. To be called before anything renders that needs them. */
export async function loadMore(): Promise<void> {
  const more = await loadEnglish()
  if (language.value === 'en') catalogue.value = { ...en, ...more }
}

const loadEnglish = (): Promise<typeof enMore> => import('./en-more.ts').then((module) => module.enMore)

const loaders: Readonly<Record<Exclude<LanguageName, 'en'>, () => Promise<Catalogue>>> = {
  de: () => import('./de.ts').then(({ de }) => de),
  ar: () => import('./ar.ts').then(({ ar }) => ar),
}
