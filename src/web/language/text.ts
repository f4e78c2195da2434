/** The words of the page in the language of the moment. */
import { signal } from '@preact/signals'
import { en } from './en.ts'
import type { enMore } from './en-more.ts'
import { chooseLanguage, directionOf, type LanguageName } from './names.ts'

/** Words that are there from the beginning. */
export type FirstKey = keyof typeof en
export type Key = FirstKey | keyof typeof enMore
export type Catalogue = Readonly<Record<Key, string>>
export type Values = Readonly<Record<string, string | number>>

export const language = signal<LanguageName>('en')
/** In English the first board does not wait for the words of other pages. */
const catalogue = signal<Readonly<Record<FirstKey, string>> & Partial<Catalogue>>(en)

/** The sentence of this name, with `{value}` filled in. Whoever draws it draws it again when the language changes. */
export function text(key: FirstKey, values: Values = {}): string {
  return textOf(key, values)
}

/** Nothing for a word that is not loaded yet: see {@link loadMore}. */
export function textOf(key: Key, values: Values): string {
  return fill(catalogue.value[key] ?? '', values)
}

/** Leaves a placeholder without a value as it is, so that it is seen. */
export function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** A text of somebody else's making, which keeps its own direction inside a sentence of ours. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}

export function isKey(key: string): key is FirstKey {
  return key in en
}

/** Null: whatever the browser asks for. Until the words are here the page goes on in the language it has. */
export async function speak(wanted: LanguageName | null): Promise<void> {
  const name = wanted ?? chooseLanguage(navigator.languages)
  if (name !== 'en') catalogue.value = await loaders[name]()
  else if (name !== language.value) catalogue.value = { ...en, ...(await loadEnglish()) }
  language.value = name
  document.documentElement.lang = name
  document.documentElement.dir = directionOf(name)
}

/** Before anything is drawn that needs more words than the first board. */
export async function loadMore(): Promise<void> {
  const more = await loadEnglish()
  if (language.value === 'en') catalogue.value = { ...en, ...more }
}

const loadEnglish = (): Promise<typeof enMore> => import('./en-more.ts').then((module) => module.enMore)

const loaders: Readonly<Record<Exclude<LanguageName, 'en'>, () => Promise<Catalogue>>> = {
  de: () => import('./de.ts').then(({ de }) => de),
  ar: () => import('./ar.ts').then(({ ar }) => ar),
}
