/** All results of one run of the bench. */
import type { Cost, GameCosts } from './memory.ts'
import type { LoadResult } from './plan.ts'
import { median } from './samples.ts'
import type { Starts } from './start.ts'
import type { TrialName } from './trials.ts'

export interface Results {
  readonly machine: string
  /** The load average at the begin, which shows other load on the machine. */
  readonly loadBefore: number
  readonly rounds: number
  readonly isQuick: boolean
  readonly trials: { readonly [Name in TrialName]?: readonly LoadResult[] }
  readonly latency?: {
    readonly steady: readonly LoadResult[]
    readonly half: readonly LoadResult[]
    readonly halfRate: number
  }
  readonly connections?: { readonly floor: Cost; readonly oxo: Cost }
  readonly games?: GameCosts
  readonly starts?: Starts
}

type Figure = Exclude<keyof LoadResult, 'moves' | 'seconds' | 'acknowledged'>

/** The median over the rounds; NaN if the trial was left out. */
export function figureOf(outcomes: readonly LoadResult[] | undefined, figure: Figure): number {
  return median((outcomes ?? []).map((outcome) => outcome[figure]))
}

/** Half the distance between the best and the worst round, as a share of the median. */
export function noiseOf(outcomes: readonly LoadResult[]): number {
  const rates = outcomes.map(({ movesPerSecond }) => movesPerSecond)
  return (Math.max(...rates) - Math.min(...rates)) / 2 / median(rates)
}

/** The median over the rounds of `name`'s rate over that of `base` in the same round. */
export function ratioOf(results: Results, name: TrialName, base: TrialName): number {
  const bases = results.trials[base] ?? []
  return median(
    (results.trials[name] ?? []).map(
      ({ movesPerSecond }, round) => movesPerSecond / (bases[round]?.movesPerSecond ?? Number.NaN),
    ),
  )
}
