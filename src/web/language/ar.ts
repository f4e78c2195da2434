import type { Catalogue } from './text.ts'
import { en } from './en.ts'
export const ar: Catalogue = en
