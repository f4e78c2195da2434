/** What all reports say of a grade: its verdict, its points by group, the first thing to fix. */
import { type CheckGroup, checkGroups } from '../checks/index.ts'
import type { CheckResult, Grade } from '../grade.ts'
import { sumOf } from '../points/sum.ts'

/** `not graded`: it could not be graded, or there was nothing to check. */
export type GradeVerdict = 'all points' | 'fewer points' | 'not graded'

export function verdictOf({ impossible, checks, points, pointsMax }: Grade): GradeVerdict {
  if (impossible !== undefined || checks.length === 0) return 'not graded'
  return points === pointsMax ? 'all points' : 'fewer points'
}

/** A whole number. A submission that misses a point never has 100. */
export const percentOf = ({ points, pointsMax }: Pick<Grade, 'points' | 'pointsMax'>): number =>
  pointsMax === 0 ? 0 : Math.floor((100 * points) / pointsMax)

export const earnedOf = ({ verdict, points }: CheckResult): number => (verdict === 'passed' ? points : 0)

/** Whose check it is. */
export const submissionOf = ({ group }: Pick<CheckResult, 'group'>): 'server' | 'client' =>
  group.startsWith('client-') ? 'client' : 'server'

export interface GroupResult {
  readonly group: CheckGroup
  /** The sentence of the assignment. */
  readonly sentence: string
  readonly checks: readonly CheckResult[]
  readonly points: number
  readonly pointsMax: number
}

/** The groups that were checked, in the order of the assignment. */
export function groupsOf(grade: Grade): readonly GroupResult[] {
  return (Object.keys(checkGroups) as CheckGroup[]).flatMap((group) => {
    const checks = grade.checks.filter((check) => check.group === group)
    if (checks.length === 0) return []
    return [{ group, sentence: checkGroups[group], checks, ...sumOf(checks) }]
  })
}

export const firstFailure = ({ checks }: Grade): CheckResult | undefined =>
  checks.find(({ verdict }) => verdict === 'failed')
