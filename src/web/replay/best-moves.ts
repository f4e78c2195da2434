/** The best moves in words. */
import { placeOf, type Ply, type Rules } from '../../game/index.ts'
import { text } from '../language/more.ts'
import { sayPlace } from '../options/place.ts'

/** At most `count` places: under wild rules a place may have two best marks. */
export function sayBest(rules: Rules, best: readonly Ply[], count: number): string {
  const cells = [...new Set(best.map(({ cell }) => cell))].slice(0, count)
  return text('best', { places: cells.map((cell) => sayPlace(placeOf(rules, cell))).join('; ') })
}
