import type { Catalogue } from './text.ts'
import { en } from './en.ts'
export const de: Catalogue = en
