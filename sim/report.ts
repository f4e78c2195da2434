/** The report of a failure: the violations, the command to reproduce it, and the history. */
import { type PlantedBug, type BugName, bugs } from './bugs.ts'
import { checkNames, type Violation } from './checks.ts'
import type { RunPicture } from './diagram.ts'
import { type Asked, describeRequest, describeEnding } from './history.ts'
import { faultNames, faults, type SimulationPlan } from './plan.ts'
import { simulate, type Run } from './run.ts'
import { shrink } from './shrink.ts'

/** A failure with the smallest plan that reproduces it. */
export interface Failure {
  readonly seed: number
  /** The name of the planted bug; null if none was planted. */
  readonly bug: BugName | null
  readonly first: Run
  readonly plan: SimulationPlan
  readonly run: Run
}

/** Searches a smaller plan in which the same check fails; `first` is the run of `plan`. */
export async function examine(
  plan: SimulationPlan,
  first: Run,
  name: BugName | null,
  bug: PlantedBug,
): Promise<Failure> {
  const check = first.violations[0]?.check
  const small = await shrink({ ...plan, strikes: first.strikes }, async (smaller) => {
    const { violations } = await simulate(smaller, { bug })
    return violations[0]?.check === check
  })
  return { seed: plan.seed, bug: name, first, plan: small, run: await simulate(small, { bug, keepsNotes: true }) }
}

/** One sentence about a run without violations. */
export function describeRun(seed: number, { commands, entries, strikes, ms, hash }: Run): string {
  return `Seed ${seed} holds: ${commands} commands, ${entries} entries stored, ${strikes} faults, ${ms} ms of virtual time, trace ${hash}.`
}

export function pictureOfRun(seed: number, { notes }: Run): RunPicture {
  return { title: `Seed ${seed}`, wrong: [], game: null, notes }
}

export function pictureOf({ seed, bug, run: { violations, notes } }: Failure): RunPicture {
  const planted = bug === null ? '' : ` with a planted bug: ${bugs[bug].about}`
  const game = violations[0]?.game ?? ''
  return {
    title: `Seed ${seed}${planted}`,
    wrong: violations.map(({ check, what }) => `${checkNames[check]} – violated: ${what}`),
    game: game === '' ? null : game,
    notes,
  }
}

export function describeFailure({ seed, bug, first, plan, run: small }: Failure, where: string): string {
  const planted = bug === null ? '' : ` --bug ${bug}`
  return [
    `Seed ${seed} fails${bug === null ? '' : ` with the planted bug ${bug}`}, ${where}. Again:`,
    `  npm run sim -- --seed ${seed}${planted} --diagram failure.svg`,
    '',
    'What is wrong:',
    ...first.violations.map(line),
    '',
    `The same, shrunk from ${first.commands} commands to ${small.commands}:`,
    ...small.violations.map(line),
    `  ${count(plan.nodes, 'node')}, ${count(plan.clients, 'client')}, faults: ${describeFaults(plan)}`,
    '',
    `${'asked'.padStart(7)} ${'ended'.padStart(7)}  what`,
    ...small.asked.filter(({ game }) => isAbout(small.violations, game)).map(row),
  ].join('\n')
}

function line({ check, game, what }: Violation): string {
  return `  ${checkNames[check]}${game === '' ? '' : `, game ${game}`}:\n    ${what}`
}

function describeFaults(plan: SimulationPlan): string {
  const on = faultNames.filter((name) => plan.faults[name] > 0)
  if (on.length === 0 || plan.strikes === 0) return 'none'
  const times = plan.strikes === Infinity ? '' : `, ${count(plan.strikes, 'time')} in all`
  return `${on.map((name) => `${name} (${faults[name]})`).join('; ')}${times}`
}

/** A violation without a game concerns all games. */
function isAbout(violations: readonly Violation[], game: string): boolean {
  return violations.some((violation) => violation.game === game || violation.game === '')
}

function row({ askedAt, endedAt, client, game, input, ending }: Asked): string {
  const end = endedAt === Infinity ? '–' : String(endedAt)
  return `${String(askedAt).padStart(7)} ${end.padStart(7)}  ${client}: ${describeRequest(game, input)} → ${describeEnding(ending)}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
