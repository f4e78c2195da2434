/** Looks at all entries that a source gives for what does not follow from the entries before it. */
import type { GameId } from '../journal.ts'
import type { Finding } from '../sqlite/inspect.ts'
import type { Source } from './source.ts'
import { Heads } from './tally.ts'

/** The first damage of each game, and how far it has come. @throws JournalFault what the source throws. */
export async function* inspectSource(source: Source): AsyncGenerator<Finding> {
  const heads = new Heads()
  const broken = new Set<GameId>()
  for (let position = ''; ;) {
    const page = await source.page(position)
    const last = page.at(-1)
    if (last === undefined) return
    position = last.position
    let games = 0
    for (const entry of page) {
      const { game, version } = entry
      if (broken.has(game)) continue
      const standing = heads.take(entry)
      if (standing === 'next' && version === 1) games++
      if (standing === 'next' || standing === 'void') continue
      broken.add(game)
      const what = standing === 'gap' ? 'an entry before it is missing' : 'it does not match its chain'
      yield { damage: { what, game, version } }
    }
    yield { entries: page.length, games }
  }
}
