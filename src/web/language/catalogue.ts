/** The keys of the page's texts, and the table of all texts that each language has. */
import type { en } from './en.ts'
import type { enMore } from './en-more.ts'

/** The keys of the texts that are loaded with the first board. */
export type FirstKey = keyof typeof en
/** The keys of all others. */
export type MoreKey = keyof typeof enMore
export type TextKey = FirstKey | MoreKey
export type Catalogue = Readonly<Record<TextKey, string>>
