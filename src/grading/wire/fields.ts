/** The fields of requests: what {row}, {cell1} and the others in a template stand for. */
import type { Player } from '../../game/index.ts'

/** A value that a check puts where a number belongs: a number, or what is none. */
export type FieldValue = number | string

/** What a request is about. `row` and `col` count from 0, from the top left. */
export interface RequestFields {
  readonly player: Player | 'nobody'
  readonly row: FieldValue
  readonly col: FieldValue
  /** Replaces the cell that follows from row and column. */
  readonly cell?: FieldValue
  readonly game: string
  readonly name: string
  /** What the server gave the player to name itself by. */
  readonly token: string
}

const names = [
  'player',
  'row',
  'col',
  'row1',
  'col1',
  'rowA',
  'colA',
  'x',
  'y',
  'x1',
  'y1',
  'cell',
  'cell1',
  'game',
  'name',
  'token',
] as const
export type FieldName = (typeof names)[number]

const anyField = new RegExp(`\\{(${names.join('|')})\\}`, 'g')

/** The fields that a template names, in order. */
export function placeholders(template: string): readonly FieldName[] {
  return [...template.matchAll(anyField)].map(([, name]) => name as FieldName)
}

/** Replaces each field of a template by the text that `give` returns. */
export function fillFields(template: string, give: (name: FieldName) => string): string {
  return template.replace(anyField, (_, name: FieldName) => give(name))
}

/** The code that a description gives a player. */
export type PlayerCodes = Readonly<Record<Player, string | number>>

/** The value of one field of a request. */
export function fieldValue(name: FieldName, fields: RequestFields, codes: PlayerCodes): FieldValue {
  const { player, row, col, game, name: who, token } = fields
  if (name === 'player') return player === 'nobody' ? strangerCode(codes) : codes[player]
  if (name === 'game') return game
  if (name === 'name') return who
  if (name === 'token') return token
  if (name === 'cell' || name === 'cell1') return add(fields.cell ?? cellFrom(row, col), name === 'cell1' ? 1 : 0)
  const value = /^(row|y)/.test(name) ? row : col
  if (name.endsWith('A')) return typeof value === 'number' ? letterOf(value) : value
  return add(value, name.endsWith('1') ? 1 : 0)
}

/** The code of a player who does not exist, written as those who do. */
function strangerCode({ X, O }: PlayerCodes): string | number {
  if (typeof X === 'number' && typeof O === 'number') return Math.max(X, O) + 5
  return /^\d+$/.test(`${X}`) ? '7' : 'Z'
}

function cellFrom(row: FieldValue, col: FieldValue): FieldValue {
  if (typeof row === 'number' && typeof col === 'number') return 3 * row + col
  return typeof row === 'number' ? col : row
}

const add = (value: FieldValue, base: number): FieldValue => (typeof value === 'number' ? value + base : value)

/** A, B, C for 0, 1, 2; the neighbours in the alphabet for others. */
const letterOf = (value: number): string =>
  Number.isInteger(value) && value >= -1 && value < 26 ? String.fromCharCode(65 + value) : `${value}`
