import type { Catalogue } from './text.ts'
export const de = {} as Catalogue
