/** The words of the page for the parts that are loaded later: with all of them. */
import { type Key, textOf, type Values } from './text.ts'

/** As `text` of the first board, with every name there is. */
export function text(key: Key, values: Values = {}): string {
  return textOf(key, values)
}
