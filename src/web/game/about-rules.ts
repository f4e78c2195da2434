/** How a game is won, in words. */
import type { Rules } from '../../game/index.ts'
import { text } from '../language/more.ts'
import type { Key } from '../language/text.ts'

/** One sentence or more on how this game is won, for whoever has not seen it before. */
export function aboutRules(rules: Rules): string {
  const sentences: readonly (Key | false)[] = [
    rules.misere ? 'aboutMisere' : 'aboutOwn',
    rules.gravity && 'aboutGravity',
    rules.marks === 'wild' && 'aboutWild',
    rules.marks === 'shared' && 'aboutShared',
    rules.exact && 'aboutExact',
  ]
  return sentences
    .filter((sentence) => sentence !== false)
    .map((sentence) => text(sentence, { line: rules.line }))
    .join(' ')
}
