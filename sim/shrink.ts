/** Shrinks a failing plan as long as it still fails, so that only the necessary parts remain. */
import { presets } from '../src/game/index.ts'
import { type FaultName, faultNames, type GamePlan, type SimulationPlan } from './plan.ts'

/** The most runs of the simulation for one shrinking. */
const runsMax = 1_200
/**
 * How many seeds are tried for each smaller plan: it changes the random draws, so a rare race may not occur with its
 * own seed.
 */
const seedsEach = 8

/** @param plan a failing plan. @param fails whether a plan still shows the same failure. */
export async function shrink(
  plan: SimulationPlan,
  fails: (plan: SimulationPlan) => Promise<boolean>,
): Promise<SimulationPlan> {
  let best = plan
  let left = runsMax
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false
    for (const smaller of variants(best)) {
      if (left-- === 0) break
      if (!(await fails(smaller))) continue
      best = smaller
      isSmaller = true
      break
    }
  }
  return best
}

/** Every smaller plan with its own seed, and then with others. */
function* variants(plan: SimulationPlan): Generator<SimulationPlan> {
  for (let more = 0; more < seedsEach; more++)
    for (const smaller of candidates(plan)) yield { ...smaller, seed: plan.seed + more }
}

/** Every plan that is smaller by one step, the longest steps first. */
function* candidates(plan: SimulationPlan): Generator<SimulationPlan> {
  const { nodes, clients, games, commands, hasTwin, strikes } = plan
  if (games.length > 1) for (const game of games) yield { ...plan, games: [game] }
  for (const fewer of less(strikes, 0)) yield { ...plan, strikes: fewer }
  for (const name of faultNames) if (plan.faults[name] > 0) yield without(plan, name)
  if (hasTwin) yield { ...plan, hasTwin: false }
  for (const fewer of less(clients, hasTwin ? 2 : 1)) yield { ...plan, clients: fewer }
  for (const fewer of less(nodes, 1)) yield { ...plan, nodes: fewer }
  for (const fewer of less(commands, 1)) yield { ...plan, commands: fewer }
  if (plan.giveUpMs < 1e9) yield { ...plan, giveUpMs: 1e9 }
  for (const [index, game] of games.entries())
    for (const simpler of simplify(game)) yield { ...plan, games: games.with(index, simpler) }
}

/** Smaller values: the least, half the way, and one step. */
function less(value: number, least: number): readonly number[] {
  const half = Math.floor((value + least) / 2)
  return [...new Set([least, half, value - 1])].filter((fewer) => fewer >= least && fewer < value)
}

function without(plan: SimulationPlan, fault: FaultName): SimulationPlan {
  return { ...plan, faults: { ...plan.faults, [fault]: 0 } }
}

function* simplify(game: GamePlan): Generator<GamePlan> {
  const { id, rules, seats, clock, bot } = game
  if (bot !== undefined) yield { id, rules, seats, ...(clock === undefined ? {} : { clock }) }
  if (clock !== undefined) yield { id, rules, seats, ...(bot === undefined ? {} : { bot }) }
  if (rules !== presets.tictactoe) yield { ...game, rules: presets.tictactoe }
}
