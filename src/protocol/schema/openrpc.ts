/** Builds the OpenRPC 1.3 document from the method table: named types, and each method with its errors and an example. */
import { levels, markRules, offers, players, seatings } from '../../game/index.ts'
import { errorNames, errorRow, type ErrorName } from '../errors.ts'
import { sentences } from '../fault.ts'
import { anyErrors, methodErrors } from './method-errors.ts'
import { type MethodName, methodNames, methods } from './methods.ts'
import { type NotificationName, notifications } from './notifications.ts'
import { openRpcExamples } from './openrpc-examples.ts'
import * as shapes from './shapes.ts'

/** The members of a JSON Schema that this file reads. */
interface Schema {
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

/** @param version the version of the server. */
export function makeOpenRpc(version: string): object {
  return {
    openrpc: '1.3.2',
    info: {
      title: 'Oxo',
      version,
      description:
        'A networked tic-tac-toe service: JSON-RPC 2.0 over lines, WebSocket and HTTP. Ignore members that you do not know.',
      license: { name: 'MIT' },
    },
    servers: [
      { name: 'HTTP', url: '/rpc', summary: 'One request a POST, one answer; nothing is pushed.' },
      { name: 'WebSocket', url: '/ws', summary: 'One message a text frame. The same port takes JSON lines over TCP.' },
    ],
    methods: methodNames.map(makeMethod),
    components: {
      schemas: {
        ...Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, makeNamed(name, schema)])),
        Event: makeEvent(),
      },
      errors: makeErrors(errorNames.filter(isOfMethod)),
    },
    // Errors of HTTP addresses, and errors that close a connection.
    'x-other-errors': makeErrors(errorNames.filter((name) => !isOfMethod(name))),
    'x-error-data': makeErrorData(),
    'x-notifications': (Object.keys(notifications) as NotificationName[]).map((name) => {
      const { about, params } = notifications[name]
      return { name, summary: about, params: makeSchema(params, 'open') }
    }),
  }
}

function makeMethod(name: MethodName): object {
  const { about, params, result } = methods[name]
  const required = new Set<string>(params.required ?? [])
  const [exampleParams, answer] = openRpcExamples[name]
  const descriptors = Object.entries(params.properties as Readonly<Record<string, Schema>>).map(([member, schema]) => ({
    name: member,
    ...(schema.description === undefined ? {} : { summary: schema.description }),
    required: required.has(member),
    schema: makeSchema(schema, 'closed'),
  }))
  return {
    name,
    summary: about,
    paramStructure: 'by-name',
    // OpenRPC requires that optional params come last.
    params: descriptors.toSorted((a, b) => Number(b.required) - Number(a.required)),
    result: { name: 'result', schema: makeResult(name, result) },
    errors: [...anyErrors, ...methodErrors[name]].map(referTo),
    examples: [
      {
        name: 'example',
        params: Object.entries(exampleParams as object).map(([member, value]) => ({
          name: member,
          value: value as unknown,
        })),
        result: { name: 'result', value: answer },
      },
    ],
  }
}

function makeResult(name: MethodName, schema: object): object {
  const made = makeSchema(schema, 'open')
  if ('$ref' in made) return made
  const title = `${name.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase())}Result`
  return { title, ...(name === 'rpc.discover' ? { type: 'object' } : {}), ...made }
}

/** open: an answer, which may get more members in a later version. closed: params, which allow no unknown members. */
function makeSchema(schema: Schema, form: 'open' | 'closed'): object {
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

function makeErrorData(): object {
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

function isOfMethod(name: ErrorName): boolean {
  return [anyErrors, ...Object.values(methodErrors)].some((names: readonly ErrorName[]) => names.includes(name))
}

function referTo(name: ErrorName): object {
  return { $ref: `#/components/errors/${name}` }
}

function makeErrors(errors: readonly ErrorName[]): object {
  return Object.fromEntries(
    errors.map((name) => {
      const { code, retry } = errorRow(name)
      return [name, { code, message: sentences[name], data: { name, retry } }]
    }),
  )
}
