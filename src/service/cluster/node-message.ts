/** What nodes tell each other, as it travels: JSON of one version, whose shapes stand here and nowhere else. */
import * as Type from 'typebox'
import { Compile } from 'typebox/schema'
import type { Rules, TimeControl } from '../../game/index.ts'
import type { GameSummary } from '../../protocol/index.ts'
import { GameId, GameSummary as Summary, Rules as RulesSchema, TimeControl as Time } from '../../protocol/shapes.ts'

/** One wish for an opponent. */
export interface Wanted {
  readonly account: string
  readonly rules: Rules
  readonly clock?: TimeControl | undefined
  /** The id of the game to be opened; left out: any. */
  readonly open?: string
  /** Games that were tried and did not work. */
  readonly not: readonly string[]
}

/** Games to join, the first that works; else `open` is to be created. */
export interface Proposal {
  readonly games: readonly string[]
  readonly open: string
}

/** The kinds of rows that a node tells of itself, each with a key of its own. */
export interface Rows {
  /** By game: who is at it on this node. 1: X, 2: O, and four for each who watches. */
  here: number
  /** By game: how the lobby shows a game of this node. */
  lobby: GameSummary
  /** By number: what somebody on this node wishes for, and which node is to answer. */
  wish: Wanted & { readonly to: string }
  /** By node and wish: the answer. */
  match: Proposal
}
export type Kind = keyof Rows

/** A row as it travels; null: it is gone. */
export type SentRow = readonly [kind: string, key: string, value: unknown]

interface Said<Name extends string> {
  readonly type: Name
  readonly from: string
}

/** A node is there. */
export interface Beat extends Said<'beat'> {
  /** When it said this, on its own clock. */
  readonly at: number
  /** Of its rows. */
  readonly version: number
  /** The last beat of each other node that it has heard. */
  readonly heard: Readonly<Record<string, number>>
}

/** What has changed since the version `after`, so that with it one has all up to `version`. */
export interface Delta extends Said<'rows'> {
  readonly after: number
  readonly version: number
  readonly rows: readonly SentRow[]
  /**
   * It is a part of all rows there are at this version, and says nothing of those that have ended: good for a node that has
   * nothing, or has had the parts before. The first part is behind 0.
   */
  readonly whole?: number
}

/** Wants to hear what has changed since a version. */
export interface Question extends Said<'ask'> {
  readonly after: number
}

/** The node goes, and means to. */
export type Farewell = Said<'leave'>

export type NodeMessage = Beat | Delta | Question | Farewell

/** Of all shapes. What a node of another version says is not for this one. */
const messageVersion = 1

const Node = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const head = { v: Type.Literal(messageVersion), from: Node }
const Row = Type.Tuple([Type.String({ maxLength: 32 }), Type.String({ minLength: 1, maxLength: 160 }), Type.Unknown()])

// Members that are not named here are left alone: a newer node may have more to say.
const messages: { readonly [Each in NodeMessage['type']]: Type.TSchema } = {
  beat: Type.Object({ ...head, at: Version, version: Version, heard: Type.Record(Type.String(), Version) }),
  rows: Type.Object({
    ...head,
    after: Version,
    version: Version,
    rows: Type.Array(Row),
    whole: Type.Optional(Version),
  }),
  ask: Type.Object({ ...head, after: Version }),
  leave: Type.Object(head),
}

const Games = Type.Array(GameId, { maxItems: 64 })
const rows: { readonly [Each in Kind]: Type.TSchema } = {
  here: Type.Integer({ minimum: 1, maximum: 2 ** 32 }),
  lobby: Summary,
  wish: Type.Object({
    to: Node,
    account: Type.String({ minLength: 1, maxLength: 64 }),
    rules: RulesSchema,
    clock: Type.Optional(Time),
    open: Type.Optional(GameId),
    not: Games,
  }),
  match: Type.Object({ games: Games, open: GameId }),
}

/** Compiled when one is first heard. */
const checks = new Map<Type.TSchema, { Check(value: unknown): boolean }>()

function isOf(schema: Type.TSchema, value: unknown): boolean {
  const check = checks.get(schema) ?? Compile(schema)
  checks.set(schema, check)
  return check.Check(value)
}

export function isKind(kind: string): kind is Kind {
  return Object.hasOwn(rows, kind)
}

/** Whether what a node tells of itself is what such a row is. */
export function isRow<Each extends Kind>(kind: Each, value: unknown): value is Rows[Each] {
  return isOf(rows[kind], value)
}

export function makeMessage(message: NodeMessage): string {
  return JSON.stringify({ v: messageVersion, ...message })
}

/** Null: it is none that this node understands. */
export function parseMessage(text: string): NodeMessage | null {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return null
  const { type } = message
  if (typeof type !== 'string' || !Object.hasOwn(messages, type)) return null
  return isOf(messages[type as NodeMessage['type']], message) ? (message as NodeMessage) : null
}
