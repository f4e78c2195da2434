/** The service does not lean on an order between games: nodes whose journal has partitions hear them in any mixture. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Journal, partitionOf, PartitionedJournal } from '../src/journal/index.ts'
import { type Bug, noBug } from './bugs.ts'
import { drawPlan } from './plan.ts'
import { run } from './run.ts'

/** The games of a world are then in different ones. */
const count = 7
const seeds = Number(process.env['OXO_SIM_SEEDS'] ?? 20_000) / 200

/** What is in one partition, of a journal that has it all: heard on its own, with delays of its own. */
function partOf(journal: Journal, place: number): Journal {
  return {
    id: journal.id,
    durability: journal.durability,
    append: (...entry) => journal.append(...entry),
    read: (...where) => journal.read(...where),
    readBack: (...where) => journal.readBack(...where),
    follow: (after, hear) =>
      journal.follow(after, (entries) => {
        const own = entries.filter(({ game }) => partitionOf(game, count) === place)
        if (own.length > 0) hear(own)
      }),
    listen: (game, hear) => journal.listen(game, (...heard) => partitionOf(game, count) === place && hear(...heard)),
    close: () => journal.close(),
  }
}

const partsOf = (journal: Journal): readonly Journal[] =>
  Array.from({ length: count }, (_, place) => partOf(journal, place))

const partitioned: Bug = { ...noBug, journal: (journal) => new PartitionedJournal(partsOf(journal)) }

/** Of one partition it follows another in its place. */
const deaf: Bug = {
  ...noBug,
  journal: (journal) => {
    const place = partitionOf('g1', count)
    return new PartitionedJournal(partsOf(journal).with(place, partOf(journal, (place + 1) % count)))
  },
}

/** The first seed that shows something; null: none up to `last` does. */
async function findFailing(bug: Bug, last: number): Promise<number | null> {
  for (let seed = 1; seed <= last; seed++) if ((await run(drawPlan(seed), { bug })).violations.length > 0) return seed
  return null
}

test(`[J13] ${seeds} seeds violate nothing when each node hears ${count} partitions`, async () => {
  assert.equal(await findFailing(partitioned, seeds), null)
})

test('[J13] nodes that are deaf for a partition are noticed', async () => {
  assert.notEqual(await findFailing(deaf, 50), null)
})
