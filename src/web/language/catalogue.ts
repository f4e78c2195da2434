/** The keys of the page's texts, and the table of all texts that each language has. */
import type { en } from './en.ts'
import type { enMore } from './en-more.ts'

/** The keys of the texts that are loaded with the first board. */
export type FirstKey = keyof typeof en
export type TextKey = FirstKey | keyof typeof enMore
export type Catalogue = Readonly<Record<TextKey, string>>
