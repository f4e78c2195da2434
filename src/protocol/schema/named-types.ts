/** The types of the table as JSON Schema with names, for the OpenRPC and the AsyncAPI document. */
import { levels, markRules, offers, players, seatings } from '../../game/index.ts'
import { errorNames } from '../errors.ts'
import * as shapes from './shapes.ts'

/** The members of a JSON Schema that the documents read. */
export interface Schema {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, object>>
}

/** The types that the document names; every occurrence becomes a `$ref`. */
const named: Readonly<Record<string, object>> = {
  Player: shapes.oneOf(players),
  BotLevel: shapes.oneOf(levels),
  OfferKind: shapes.oneOf(offers),
  Seating: shapes.oneOf(seatings),
  MarkRule: shapes.oneOf(markRules),
  GameStatus: shapes.oneOf(shapes.statuses),
  GameId: shapes.GameId,
  Rules: shapes.Rules,
  RulesAsked: shapes.RulesAsked,
  TimeControl: shapes.TimeControl,
  Account: shapes.Account,
  Outcome: shapes.Outcome,
  Clock: shapes.Clock,
  MatchLength: shapes.MatchLength,
  Match: shapes.Match,
  LastEvent: shapes.LastEvent,
  GameView: shapes.GameView,
  GameSummary: shapes.GameSummary,
  RecordEntry: shapes.RecordEntry,
  GameRecord: shapes.GameRecord,
  ConnectionLimits: shapes.ConnectionLimits,
}

const names = new Map(Object.entries(named).map(([name, schema]) => [constraintsOf(schema), name]))

/** Identifies a schema by its constraints alone, without descriptions and defaults. */
function constraintsOf(schema: unknown): string {
  return JSON.stringify(schema, (key, value: unknown) =>
    key === 'description' || key === 'default' ? undefined : value,
  )
}

/** open: an answer, which may get more members in a later version. closed: params, which allow no unknown members. */
export function makeSchema(schema: Schema, form: 'open' | 'closed'): object {
  const name = names.get(constraintsOf(schema))
  if (name === undefined) return makeInline(schema, form)
  const reference = { $ref: `#/components/schemas/${name}` }
  // JSON Schema ignores the siblings of `$ref`.
  return schema.default === undefined ? reference : { allOf: [reference], default: schema.default }
}

function makeInline(schema: object, form: 'open' | 'closed'): Schema {
  const made = Object.entries(schema).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
    if (key === 'additionalProperties' && form === 'open') return []
    if (key === 'enum')
      return [
        ['type', 'string'],
        [key, value],
      ]
    if (key === 'properties') {
      const members = Object.entries(value as object).map(([name, inner]: [string, object]) => [
        name,
        makeSchema(inner, form),
      ])
      return [[key, Object.fromEntries(members)]]
    }
    if (key === 'anyOf' || key === 'items') {
      const parts = Array.isArray(value) ? value.map((inner: object) => makeSchema(inner, form)) : null
      return [[key, parts ?? makeSchema(value as object, form)]]
    }
    return [[key, value]]
  })
  return Object.fromEntries(made)
}

/** Every named type, by its name. */
export function makeNamedTypes(): object {
  return {
    ...Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, makeNamed(name, schema)])),
    Event: makeEvent(),
  }
}

function makeNamed(name: string, schema: object): object {
  const made = makeInline(schema, name === 'RulesAsked' || name === 'TimeControl' ? 'closed' : 'open')
  const event = { $ref: '#/components/schemas/Event' }
  return {
    title: name,
    ...made,
    ...(name === 'RecordEntry' ? { properties: { ...made.properties, event } } : {}),
  }
}

function makeEvent(): object {
  return {
    title: 'Event',
    type: 'object',
    description: 'What happened. The other members are those of its type: see Records in docs/PROTOCOL.md.',
    required: ['type'],
    properties: { type: { type: 'string', enum: shapes.happenings } },
  }
}

export function makeErrorData(): object {
  const whole = { type: 'integer' }
  return {
    title: 'ErrorData',
    type: 'object',
    description: 'The `data` of every error.',
    required: ['name', 'retry'],
    properties: {
      name: { type: 'string', enum: errorNames },
      retry: { type: 'string', enum: ['never', 'refresh', 'same'] },
      version: { ...whole, description: 'Of the game now.' },
      view: { $ref: '#/components/schemas/GameView' },
      retryAfterMs: { ...whole, description: 'The least time to wait before the same is asked again.' },
      supported: { type: 'array', items: whole, description: 'The protocols that the server speaks.' },
      limit: { ...whole, description: 'The limit that was met.' },
    },
  }
}
