/** Tests the simulator: it detects every planted bug within 600 seeds, and every check detects at least one bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { methodsOf } from '../src/journal/contract/methods.ts'
import { type PlantedBug, type BugName, bugNames, bugs } from './bugs.ts'
import { type CheckName, checkNames, type Violation } from './checks.ts'
import { drawPlan } from './plan.ts'
import { simulate } from './run.ts'

const seedsMax = 600

/** The first seed with a violation for which `claim` holds; null if none up to `seedsMax` has one. */
async function findSeed(bug: PlantedBug, claim: (violation: Violation) => boolean): Promise<number | null> {
  for (let seed = 1; seed <= seedsMax; seed++)
    if ((await simulate(drawPlan(seed), { bug })).violations.some(claim)) return seed
  return null
}

test('each planted bug is caught within 600 seeds', async () => {
  const caught = new Map<BugName, number>()
  for (const bug of bugNames) {
    const seed = await findSeed(bugs[bug], () => true)
    assert.ok(seed !== null, `${bug} was not caught within ${seedsMax} seeds`)
    caught.set(bug, seed)
  }
  console.log(`caught at seed: ${[...caught].map(([bug, seed]) => `${bug} ${seed}`).join(', ')}`)
  recordFinding('simulation', {
    planted: bugNames.map((bug) => bugs[bug].about).join('; '),
    caughtAfter: `${[...caught.values()].join('; ')} seeds`,
  })
})

/** A bug for each check; where no planted bug is found by the check, one of its own. */
const foundBy: Readonly<Record<CheckName, PlantedBug>> = {
  order: bugs['answer-before-durable'],
  stored: bugs['answer-before-durable'],
  once: bugs['version-omitted'],
  watched: bugs['stale-copy'],
  time: bugs['wall-clock'],
  present: bugs['deaf-node'],
  attended: {
    about: 'a node forgets timers between 0.5 and 1 s, such as flags',
    clock: (clock) => ({ ...clock, after: (ms, call) => clock.after(ms, ms > 500 && ms < 1_000 ? () => {} : call) }),
  },
  listed: {
    about: 'a node receives no entries from the journal',
    journal: (journal) => ({
      ...methodsOf(journal),
      follow: (after) => journal.follow(after, () => {}),
      listen: (game) => journal.listen(game, () => {}),
    }),
  },
  answered: {
    about: 'a node drops its answers to moves',
    protocol: () => (connection, open) =>
      open({
        protocol: connection.protocol,
        address: connection.address,
        send: (message) => void (/"result":\{"game":.*"moved"/.test(message) || connection.send(message)),
        notify: (notification) => connection.notify(notification),
        close: (code, reason) => connection.close(code, reason),
      }),
  },
  told: { about: 'a client misspells a parameter', outgoing: (message) => message.replace('"x":', '"column":') },
}

for (const [check, bug] of Object.entries(foundBy) as [CheckName, PlantedBug][])
  test(`the check finds a bug: ${checkNames[check]}`, async () => {
    assert.notEqual(await findSeed(bug, (violation) => violation.check === check), null, bug.about)
  })
