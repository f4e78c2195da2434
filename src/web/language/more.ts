/** The texts for the parts of the page that are loaded later, with all keys. */
import type { TextKey } from './catalogue.ts'
import { textOf, type Values } from './text.ts'

/** Like `text` of the first board, for every key. */
export function text(key: TextKey, values: Values = {}): string {
  return textOf(key, values)
}
