/**
 * The service does not depend on an order between games: nodes receive the partitions of a journal interleaved in any
 * way.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { methodsOf } from '../src/journal/contract/methods.ts'
import { type Journal, partitionOf, PartitionedJournal } from '../src/journal/index.ts'
import type { PlantedBug } from './bugs.ts'
import { drawPlan } from './plan.ts'
import { simulate } from './run.ts'

/** The number of partitions; with 7, the games of a world are in different ones. */
const count = 7
const seeds = Number(process.env['OXO_SIM_SEEDS'] ?? 2_000) / 20

/** One partition of a whole journal, followed separately and with delays of its own. */
function partOf(journal: Journal, place: number): Journal {
  return {
    ...methodsOf(journal),
    follow: (after, hear) =>
      journal.follow(after, (entries) => {
        const own = entries.filter(({ game }) => partitionOf(game, count) === place)
        if (own.length > 0) hear(own)
      }),
    listen: (game, hear) => journal.listen(game, (...heard) => partitionOf(game, count) === place && hear(...heard)),
  }
}

const partsOf = (journal: Journal): readonly Journal[] =>
  Array.from({ length: count }, (_, place) => partOf(journal, place))

const partitioned: PlantedBug = {
  about: 'the journal has partitions',
  journal: (journal) => new PartitionedJournal(partsOf(journal)),
}

const deaf: PlantedBug = {
  about: 'the node follows another partition in place of the one of game g1',
  journal: (journal) => {
    const place = partitionOf('g1', count)
    return new PartitionedJournal(partsOf(journal).with(place, partOf(journal, (place + 1) % count)))
  },
}

/** The first failing seed; null if none up to `last` fails. */
async function findFailing(bug: PlantedBug, last: number): Promise<number | null> {
  for (let seed = 1; seed <= last; seed++)
    if ((await simulate(drawPlan(seed), { bug })).violations.length > 0) return seed
  return null
}

test(`[J13] ${seeds} seeds violate nothing when each node hears ${count} partitions`, async () => {
  assert.equal(await findFailing(partitioned, seeds), null)
})

test('[J13] nodes that do not receive a partition are detected', async () => {
  assert.notEqual(await findFailing(deaf, 50), null)
})
