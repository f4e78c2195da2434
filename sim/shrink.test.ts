import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bugs } from './bugs.ts'
import { faultNames, drawPlan, type SimulationPlan } from './plan.ts'
import { examine } from './report.ts'
import { simulate } from './run.ts'
import { shrink } from './shrink.ts'

const plan: SimulationPlan = { ...drawPlan(2), clients: 4, commands: 9, strikes: 100 }

test('everything that the failure does not need is removed', async () => {
  const small = await shrink(plan, async ({ commands }) => commands >= 3)
  assert.deepEqual([small.commands, small.games.length, small.strikes, small.nodes], [3, 1, 0, 1])
  assert.ok(faultNames.every((name) => small.faults[name] === 0))
  assert.equal(small.seed, plan.seed)
})

test('if a smaller plan does not fail with its own seed, other seeds are tried', async () => {
  const small = await shrink(plan, async ({ seed }) => seed === plan.seed + 5)
  assert.deepEqual([small.seed, small.commands, small.strikes], [plan.seed + 5, 1, 0])
})

test('a search that finds nothing ends', async () => {
  let runs = 0
  assert.equal(await shrink(plan, async () => ++runs < 0), plan)
  assert.ok(runs > 0 && runs <= 1_200, `${runs} runs`)
})

test('the rare race of a stale copy is shrunk to less than half', async () => {
  const seed = 1
  const bug = bugs['stale-copy']
  const first = await simulate(drawPlan(seed), { bug })
  const { run: small } = await examine(drawPlan(seed), first, 'stale-copy', bug)
  assert.ok(small.commands * 2 < first.commands, `from ${first.commands} commands to ${small.commands}`)
  assert.equal(small.violations[0]?.check, first.violations[0]?.check)
})
