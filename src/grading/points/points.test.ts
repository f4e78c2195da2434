/** What a teacher says the checks are worth is what every sum says; a mistake in it has its line and column. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkGroups, gradingChecks } from '../checks/index.ts'
import { clientGradingChecks } from '../client/checks.ts'
import { DocumentMistake } from '../document/document.ts'
import { exampleGrade } from '../testing/example-grade.ts'
import { applyPoints, readPoints } from './points.ts'

const all = [...gradingChecks, ...clientGradingChecks]
const read = (yaml: string) => readPoints(yaml, 'points.yaml', all)
/** The points by id if every check can be made and is passed. */
const valuesOf = (yaml: string): Readonly<Record<string, number>> => {
  const checks = all.map((check) => ({ ...check, verdict: 'passed' as const, evidence: [], ms: 1 }))
  const scheme = read(yaml)
  const made = checks.filter(({ id }) => scheme.checks.some((check) => check.id === id))
  return Object.fromEntries(applyPoints({ ...exampleGrade, checks: made }, scheme).checks.map((c) => [c.id, c.points]))
}
const sumOfGroup = (points: Readonly<Record<string, number>>, group: string): number =>
  all.filter((check) => check.group === group).reduce((sum, { id }) => sum + (points[id] ?? 0), 0)

test('no id is both a check and a group, or both of a server and of a client', () => {
  const names = [...Object.keys(checkGroups), ...all.map(({ id }) => id)]
  assert.equal(new Set(names).size, names.length)
})

test('a check has the points that are given, and the others keep theirs', () => {
  const points = valuesOf('points: { wrong-turn: 5.5 }')
  assert.deepEqual([points['wrong-turn'], points['taken-cell']], [5.5, 2])
  assert.equal(Object.keys(points).length, all.length)
})

test('the checks of a group share its points in hundredths, and those with points of their own keep them', () => {
  const points = valuesOf('points: { board: 10, stream: 10, byte-by-byte: 3.1 }')
  assert.equal(points['board-after-each-move'], 5)
  assert.deepEqual([sumOfGroup(points, 'board'), points['byte-by-byte']], [10, 3.1])
  assert.equal(Math.round(100 * sumOfGroup(points, 'stream')), 1_000)
})

test('what is left out is not made, and the rest of its group shares the points of the group', () => {
  const points = valuesOf('points: { board: 6 }\nleave-out: [races, board-after-each-move, games-do-not-mix]')
  assert.deepEqual([points['same-move-race'], points['board-after-each-move']], [undefined, undefined])
  assert.deepEqual([points['moves-seen-by-others'], points['new-game-is-empty']], [3.43, 2.57])
})

/** The example has passed `board-after-each-move`, failed `wrong-turn` and could not check `taken-cell`. */
const only = (...names: readonly string[]): string =>
  `leave-out: [${all
    .map(({ id }) => id)
    .filter((id) => !names.includes(id))
    .join(', ')}]`
const apply = (yaml: string) => {
  const { points, pointsMax, checks } = applyPoints(exampleGrade, read(yaml))
  return [points, pointsMax, ...checks.slice(0, 2).map((check) => check.points)]
}

test('the checks that could be made are worth the total, in every sum', () => {
  const three = only('board-after-each-move', 'wrong-turn', 'taken-cell')
  assert.deepEqual(apply(three), [10, 12, 10, 2])
  assert.deepEqual(apply(`total: 100\n${three}`), [83.33, 100, 83.33, 16.67])
})

test('a group keeps its points when one of its checks cannot be made', () => {
  const three = only('board-after-each-move', 'wrong-turn', 'taken-cell')
  assert.deepEqual(apply(`points: { moves: 5 }\n${three}`), [10, 15, 10, 5])
})

test('checks that were not reached do not make the others worth more', () => {
  const reached = only('board-after-each-move', 'wrong-turn', 'taken-cell', 'win-rows', 'draws', 'extra-field')
  assert.deepEqual(apply(`total: 11\n${reached}`), [5, 6, 5, 1])
})

const mistakes: readonly (readonly [what: string, yaml: string, message: RegExp])[] = [
  ['an unknown key', 'total: 9\nleaveout: [races]', /^points\.yaml:2:1: there is no key `leaveout`/],
  ['a total that is no number', 'total: many', /^points\.yaml:1:1: total must be a number above 0/],
  ['negative points', 'points:\n  board: 3\n  races: -1', /^points\.yaml:3:3: points\.races must be a number from 0/],
  ['an unknown name', 'points:\n  wrong-trun: 5', /^points\.yaml:2:3: there is no check and no group wrong-trun; the/],
  ['an unknown name left out', 'leave-out:\n  - memory\n  - raices', /^points\.yaml:3:5: there is no check .* raices/],
  [
    'points of what is left out',
    'leave-out: [races]\npoints:\n  same-move-race: 1',
    /^points\.yaml:3:3: same-move-race/,
  ],
  [
    'nothing left',
    `leave-out: [${[...new Set(all.map(({ group }) => group))].join(', ')}]`,
    /^points\.yaml:1:1: leave-out removes every/,
  ],
  ['more in a group than it has', 'points: { races: 3, same-move-race: 4 }', /^points\.yaml:1:11: the checks of races/],
  ['broken YAML', 'total: [', /^points\.yaml:1:\d+: this is not YAML/],
  ['no keys', '- total', /^points\.yaml:1:1: a file of points is a list of/],
]
for (const [what, yaml, message] of mistakes)
  test(`a mistake in a file of points has its place: ${what}`, () => {
    assert.throws(
      () => read(yaml),
      (cause) => cause instanceof DocumentMistake && (assert.match(cause.message, message), true),
    )
  })
