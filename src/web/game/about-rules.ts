/** Explains the rules in words. */
import type { Rules } from '../../game/index.ts'
import { text } from '../language/more.ts'
import type { TextKey } from '../language/catalogue.ts'

/** One or more sentences on how this game is won, for people who do not know it. */
export function aboutRules(rules: Rules): string {
  const sentences: readonly (TextKey | false)[] = [
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
