/** What a teacher says the checks are worth: a YAML file for a class or for one submission. */
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/schema'
import { checkGroups, type GradingCheck } from '../checks/index.ts'
import { type DocumentKind, type DocumentPath, type Fail, readDocument } from '../document/document.ts'
import type { Grade } from '../grade.ts'
import { addPoints, roundPoints, sumOf } from './sum.ts'

const idOf = 'the id of a check or of a group'
const pointsSchema = Type.Object(
  {
    total: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100_000, description: 'a number above 0' })),
    points: Type.Optional(
      Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 100_000, description: 'a number from 0' }), {
        description: `points by ${idOf}, such as {wrong-turn: 5, races: 10}`,
      }),
    ),
    'leave-out': Type.Optional(
      Type.Array(Type.String({ description: idOf }), { description: 'a list of ids of checks or groups' }),
    ),
  },
  { additionalProperties: false, description: 'a list with total, points and leave-out' },
)
const kind: DocumentKind = { what: 'file of points', schema: pointsSchema, check: Compile(pointsSchema) }

/** What is needed of a check to say what it is worth. */
export type ValuedCheck = Pick<GradingCheck, 'id' | 'group' | 'points'>

export interface PointsScheme {
  /** What all checks are worth together; null: the sum of their points. */
  readonly total: number | null
  /** Points by the id of a check or of a group. */
  readonly points: Readonly<Record<string, number>>
  /** The checks that are made. */
  readonly checks: readonly ValuedCheck[]
}

/**
 * Reads the YAML text of a file of points. `checks` are all that can be made; `file` is the name in messages.
 * @throws DocumentMistake
 */
export function readPoints(yaml: string, file: string, checks: readonly ValuedCheck[]): PointsScheme {
  const { value, fail } = readDocument(yaml, file, kind)
  const { total = null, points = {}, 'leave-out': leftOut = [] } = value as Static<typeof pointsSchema>
  const out = new Set(leftOut.flatMap((name, index) => idsOf(name, checks, ['leave-out', index], fail)))
  for (const name of Object.keys(points))
    if (idsOf(name, checks, ['points', name], fail).every((id) => out.has(id)))
      fail(['points', name], `${name} has points, but leave-out removes it: keep one of the two`)
  const made = checks.filter(({ id }) => !out.has(id))
  if (made.length === 0) fail(['leave-out'], 'leave-out removes every check: keep at least one')
  for (const group of Object.keys(points)) checkGroup(group, made, points, fail)
  return { total, points, checks: made }
}

/** The checks that a name means. */
function idsOf(name: string, checks: readonly ValuedCheck[], path: DocumentPath, fail: Fail): readonly string[] {
  const ids = checks.filter(({ id, group }) => id === name || group === name).map(({ id }) => id)
  if (ids.length > 0) return ids
  const groups = Object.keys(checkGroups).filter((group) => checks.some((check) => check.group === group))
  return fail(
    path,
    `there is no check and no group ${name}; the groups are ${groups.join(', ')}, and a report has the ids of checks in brackets`,
  )
}

/** The checks of a group that have points of their own, and the others. */
function divideGroup(
  name: string,
  checks: readonly ValuedCheck[],
  points: PointsScheme['points'],
): { readonly named: readonly ValuedCheck[]; readonly others: readonly ValuedCheck[] } {
  const { named = [], others = [] } = Object.groupBy(
    checks.filter(({ group }) => group === name),
    ({ id }) => (id in points ? 'named' : 'others'),
  )
  return { named, others }
}

function checkGroup(group: string, checks: readonly ValuedCheck[], points: PointsScheme['points'], fail: Fail): void {
  if (!(group in checkGroups)) return
  const { named, others } = divideGroup(group, checks, points)
  const left = roundPoints((points[group] ?? 0) - addPoints(named.map(({ id }) => points[id] ?? 0)))
  if (left < 0 || (left > 0 && others.length === 0))
    fail(
      ['points', group],
      `the checks of ${group} that have points of their own have ${left < 0 ? 'more than' : 'other points than'} ${points[group]} together`,
    )
}

/** A check that is named has its points; the others of a group that is named share what is left, as they did before. */
function valuesOf(checks: readonly ValuedCheck[], points: PointsScheme['points']): ReadonlyMap<string, number> {
  const values = new Map(checks.map(({ id, points: own }) => [id, points[id] ?? own]))
  for (const group of Object.keys(points).filter((name) => name in checkGroups)) {
    const { named, others } = divideGroup(group, checks, points)
    const left = (points[group] ?? 0) - addPoints(named.map(({ id }) => points[id] ?? 0))
    setShares(values, others, left)
  }
  return values
}

function setShares(values: Map<string, number>, checks: readonly ValuedCheck[], total: number): void {
  const shares = share(
    total,
    checks.map(({ id }) => values.get(id) ?? 0),
  )
  for (const [index, { id }] of checks.entries()) values.set(id, shares[index] ?? 0)
}

/** Divides points in the proportion of `weights`, in hundredths whose sum is exact. */
function share(total: number, weights: readonly number[]): readonly number[] {
  const all = addPoints(weights)
  let before = 0
  let given = 0
  return weights.map((weight) => {
    before += weight
    const until = roundPoints(all === 0 ? 0 : (total * before) / all)
    const part = roundPoints(until - given)
    given = until
    return part
  })
}

/**
 * Gives the checks of a grade the points of a teacher. What could not be checked is worth nothing, and the others of its group
 * have its points. Checks that were not reached count as if they had failed: otherwise an early end would pay.
 */
export function applyPoints(grade: Grade, { total, points, checks }: PointsScheme): Grade {
  const missing = new Set(grade.checks.filter(({ verdict }) => verdict === 'not checked').map(({ id }) => id))
  const counted = checks.filter(({ id }) => !missing.has(id))
  const values = new Map(valuesOf(counted, points))
  if (total !== null) setShares(values, counted, total)
  const valued = grade.checks.map((check) => ({ ...check, points: values.get(check.id) ?? check.points }))
  return { ...grade, checks: valued, ...sumOf(valued) }
}
