/** Inspects all entries of a source: each must follow the entry before it in its game. */
import type { GameId } from '../journal.ts'
import type { InspectionStep } from '../sqlite/inspect.ts'
import type { ExportSource } from './source.ts'
import { GameHeads } from './tally.ts'

/** Yields the first damage of each game, and the progress after each page. @throws JournalFault if the source throws one */
export async function* inspectSource(source: ExportSource): AsyncGenerator<InspectionStep> {
  const heads = new GameHeads()
  const damaged = new Set<GameId>()
  for (let position = ''; ;) {
    const page = await source.page(position)
    const last = page.at(-1)
    if (last === undefined) return
    position = last.position
    let games = 0
    for (const entry of page) {
      const { game, version } = entry
      if (damaged.has(game)) continue
      const result = heads.take(entry)
      if (result === 'next' && version === 1) games++
      if (result === 'next' || result === 'void') continue
      damaged.add(game)
      const what = result === 'gap' ? 'an entry before it is missing' : 'it does not match its chain'
      yield { damage: { what, game, version } }
    }
    yield { entries: page.length, games }
  }
}
