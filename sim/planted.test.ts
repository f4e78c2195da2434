/** Tests the simulator: it detects every planted bug within 600 seeds, and every check detects at least one bug. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { methodsOf } from '../src/journal/contract/methods.ts'
import { type PlantedBug, type BugName, bugNames, bugs } from './bugs.ts'
import { type CheckName, checkNames } from './checks.ts'
import { runSeeds } from './worker-pool.ts'
import { drawPlan } from './plan.ts'
import { simulate } from './run.ts'

const seedsMax = 600

test('each planted bug is caught within 600 seeds', async () => {
  const caught = new Map<BugName, number>()
  for (const bug of bugNames) {
    const { failed } = await runSeeds({
      from: 1,
      to: 1 + seedsMax,
      bug,
      progress: (_, batch) => batch.failed.length === 0,
    })
    const [first] = failed
    assert.ok(first !== undefined, `${bug} was not caught within ${seedsMax} seeds`)
    caught.set(bug, first)
  }
  console.log(`caught at seed: ${[...caught].map(([bug, seed]) => `${bug} ${seed}`).join(', ')}`)
  recordFinding('simulation', {
    planted: bugNames.map((bug) => bugs[bug].about).join('; '),
    caughtAfter: `${[...caught.values()].join('; ')} seeds`,
  })
})

/** Bugs for the checks that the planted bugs may not violate. */
const others: Readonly<Partial<Record<CheckName, PlantedBug>>> = {
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

test('each check finds a bug', async () => {
  const all = [...bugNames.map((name) => bugs[name]), ...Object.values(others)]
  const missing = new Set(Object.keys(checkNames) as CheckName[])
  for (let seed = 1; seed <= seedsMax && missing.size > 0; seed++)
    for (const bug of all) {
      if (missing.size === 0) break
      const { violations } = await simulate(drawPlan(seed), { bug })
      for (const { check } of violations) missing.delete(check)
    }
  assert.deepEqual([...missing], [])
})
