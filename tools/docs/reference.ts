/** The tables of docs/PROTOCOL.md: methods, notifications, types, events and errors. */
import { anyErrors, methodErrors, methodNames, methods, notifications } from '../../src/protocol/schema/index.ts'
import {
  type ErrorName,
  errorNames,
  connectionEndings,
  errorRow,
  httpStatus,
  sentences,
  textHelp,
} from '../../src/protocol/index.ts'
import {
  Account,
  Clock,
  ConnectionLimits,
  GameSummary,
  GameView,
  LastEvent,
  Match,
  Outcome,
  RecordEntry,
  Rules,
  TimeControl,
} from '../../src/protocol/schema/shapes.ts'
import type { Event } from '../../src/game/index.ts'
import { code, makeTable } from './markdown.ts'

/** The part of JSON Schema that the method table uses. */
interface Schema {
  /** TypeBox's own name of the shape; declared so that every TypeBox type is assignable. */
  readonly '~kind'?: string
  readonly type?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema | readonly Schema[]
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[] | undefined
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly maxLength?: number
}

/** Shapes that have a name and a section of their own. */
const types: Readonly<Record<string, Schema>> = {
  GameView,
  GameSummary,
  Account,
  Rules,
  TimeControl,
  Clock,
  Outcome,
  Match,
  LastEvent,
  RecordEntry,
  ConnectionLimits,
}

/** The lines that `help` prints in the text protocol. */
export function textTable(): string {
  const rows = textHelp.map((line) => {
    const [usage = '', about = ''] = line.split(/ {2,}|(?<=^.{20}) /)
    return [code(usage), about]
  })
  return makeTable(['line', 'meaning'], rows)
}

export function methodTables(): string {
  return methodNames
    .map((name) => {
      const { about, params, result } = methods[name]
      return `#### ${code(name)}\n\n${about}\n\n${members(params, 'No params.')}\n\nResult:${spellResult(result)}`
    })
    .join('\n\n')
}

export function notificationTables(): string {
  return Object.entries(notifications)
    .map(([name, { about, params }]) => `#### ${code(name)}\n\n${about}\n\n${membersOrName(params)}`)
    .join('\n\n')
}

export function typeTables(): string {
  return Object.entries(types)
    .map(([name, schema]) => `#### ${code(name)}\n\n${schema.anyOf ? unionOf(schema) : members(schema, '')}`)
    .join('\n\n')
}

/** The members of each event of a record besides `type`, in their order. The type makes the compiler check completeness. */
const events = {
  created: {
    rules: 'as `Rules`',
    seats: '`invite` or `open`',
    public: 'whether it is listed',
    clock: 'as `TimeControl`; left out without a clock',
    match:
      'the match of which it is a game, `{ length, X, O, drawn }`: the score before it; left out for a single game',
    players: 'the taken seats, `{ X?: Account, O?: Account }`',
    by: 'the account that created it; left out for boards of the server',
    next: 'if a wish was granted with another game: that game; this one has no players and is over',
    awaited: 'with a clock: the players who were not connected when both seats were taken; left out if all were',
  },
  joined: { player: 'the seat', account: 'as `Account`', awaited: 'as in `created`' },
  moved: { player: 'the player who moves', x: '', y: '', mark: 'if the player named one', elapsedMs: '' },
  resigned: { player: 'the player who resigns', elapsedMs: '' },
  offered: { player: 'the player who offers', what: '', elapsedMs: '' },
  accepted: { player: 'the player who accepts', what: '', next: 'for a rematch: the new game', elapsedMs: '' },
  declined: { player: 'the player who declines or withdraws', what: '', elapsedMs: '' },
  flagged: { player: 'the player whose time is over', elapsedMs: '' },
  abandoned: { player: 'the absent player', elapsedMs: '' },
  withdrawn: { player: 'the player who withdrew it; left out: its creator' },
  restarted: { rules: 'as `Rules`' },
} satisfies { [Type in Event['type']]: Record<Exclude<keyof Extract<Event, { type: Type }>, 'type'>, string> }

export function eventTable(): string {
  const rows = Object.entries(events).map(([type, held]) => [
    code(type),
    Object.entries(held)
      .map(([member, about]) => (about === '' ? code(member) : `${code(member)} ${about}`))
      .join('; '),
  ])
  return makeTable(['type', 'members'], rows)
}

export function errorTable(): string {
  const rows = errorNames.map((name) => {
    const { code: number, retry } = errorRow(name)
    const message = sentences[name]
    return [
      ...[String(number), code(name), retry, String(httpStatus(name)), connectionEndings[name] ?? 'no', message],
      givenBy(name),
    ]
  })
  return makeTable(['code', 'name', 'retry', 'HTTP', 'ends the connection', 'sentence', 'answer to'], rows)
}

function givenBy(name: ErrorName): string {
  if ((anyErrors as readonly ErrorName[]).includes(name)) return 'anything'
  const asked = methodNames.filter((method) => methodErrors[method].includes(name))
  return asked.length === 0 ? 'no method' : asked.map(code).join(', ')
}

function members(schema: Schema, whenNone: string): string {
  const required = new Set(schema.required)
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => [
    code(required.has(name) ? name : `${name}?`),
    code(spell(member)),
    describe(member),
  ])
  return rows.length === 0 ? whenNone : makeTable(['member', 'type', 'meaning'], rows)
}

function membersOrName(schema: Schema): string {
  return nameOf(schema) === undefined ? members(schema, 'No params.') : `Params:${spellResult(schema)}`
}

function spellResult(schema: Schema): string {
  const name = nameOf(schema)
  if (name !== undefined) return ` [${code(name)}](#${name.toLowerCase()}).`
  if (Object.keys(schema.properties ?? {}).length > 0) return `\n\n${members(schema, '')}`
  return schema.type === 'object' ? ` ${code('{}')}.` : ' any JSON.'
}

function unionOf(schema: Schema): string {
  return (schema.anyOf ?? []).map((option) => members(option, '')).join('\n\nor\n\n')
}

function describe(schema: Schema): string {
  const bounds =
    schema.type === 'integer' && schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER
      ? `${schema.minimum ?? 0} to ${schema.maximum}.`
      : ''
  const whenLeftOut = schema.default === undefined ? '' : `Default: ${JSON.stringify(schema.default)}.`
  return [schema.description ?? '', bounds, whenLeftOut].filter((part) => part !== '').join(' ')
}

/** The name of a shape. A shape with a description of its own is a copy, so the parts are compared. */
function nameOf(schema: Schema): string | undefined {
  return Object.entries(types).find(
    ([, { properties, anyOf }]) =>
      (properties !== undefined && properties === schema.properties) || (anyOf !== undefined && anyOf === schema.anyOf),
  )?.[0]
}

/** A schema in TypeScript's syntax. */
function spell(schema: Schema): string {
  const name = nameOf(schema)
  if (name !== undefined) return name
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(spell).join(' | ')
  if (schema.type === 'array') return spellArray(schema)
  if (schema.type === 'object') return spellObject(schema)
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'any value')
}

function spellArray({ items }: Schema): string {
  if (items === undefined) return 'array'
  if ('length' in items) return `[${items.map(spell).join(', ')}]`
  const item = spell(items)
  return item.includes(' ') && !item.startsWith('{') && !item.startsWith('[') ? `(${item})[]` : `${item}[]`
}

function spellObject({ properties = {}, required = [] }: Schema): string {
  const list = Object.entries(properties).map(
    ([name, member]) => `${required.includes(name) ? name : `${name}?`}: ${spell(member)}`,
  )
  return `{ ${list.join(', ')} }`
}
