/** The words of the page in the language of the moment. */
import { signal } from '@preact/signals'
import { en } from './en.ts'
import { chooseLanguage, directionOf, type LanguageName } from './names.ts'

export type Key = keyof typeof en
export type Catalogue = Readonly<Record<Key, string>>
export type Values = Readonly<Record<string, string | number>>

export const language = signal<LanguageName>('en')
const catalogue = signal<Catalogue>(en)

/** The sentence of this name, with `{value}` filled in. Whoever draws it draws it again when the language changes. */
export function text(key: Key, values: Values = {}): string {
  return fill(catalogue.value[key], values)
}

/** Leaves a placeholder without a value as it is, so that it is seen. */
export function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** A text of somebody else's making, which keeps its own direction inside a sentence of ours. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`
}

export function isKey(key: string): key is Key {
  return key in en
}

/** Null: whatever the browser asks for. Until the words are here the page goes on in the language it has. */
export async function speak(wanted: LanguageName | null): Promise<void> {
  const name = wanted ?? chooseLanguage(navigator.languages)
  const words = await loaders[name]()
  catalogue.value = words
  language.value = name
  document.documentElement.lang = name
  document.documentElement.dir = directionOf(name)
}

const loaders: Readonly<Record<LanguageName, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(en),
  de: () => import('./de.ts').then(({ de }) => de),
  ar: () => import('./ar.ts').then(({ ar }) => ar),
}
