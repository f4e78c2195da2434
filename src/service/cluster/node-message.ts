/** The messages between nodes: JSON in one version. All their schemas are in this file. */
import * as Type from 'typebox'
import { Compile } from 'typebox/schema'
import { type MatchLength, type Player, players, type Rules, type TimeControl } from '../../game/index.ts'
import type { GameSummary, Saying } from '../../protocol/index.ts'
import {
  GameId,
  GameSummary as Summary,
  MatchLength as Length,
  oneOf,
  Rules as RulesSchema,
  Said as SaidSchema,
  TimeControl as Time,
} from '../../protocol/schema/shapes.ts'

/** One wish for an opponent. */
export interface WishRow {
  readonly account: string
  readonly rules: Rules
  readonly clock?: TimeControl | undefined
  readonly match?: MatchLength | undefined
  /** The id of the game to be opened; absent: any. */
  readonly open?: string
  /** Games that were tried without success. */
  readonly not: readonly string[]
}

/** The games to try to join, in order; if none works, create `open`. */
export interface Proposal {
  readonly games: readonly string[]
  readonly open: string
}

/** The kinds of rows that a node publishes, each with keys of its own. */
export interface Rows {
  /** By game: who is connected to it on this node. 1: X, 2: O, plus 4 for each other session that watches. */
  here: number
  /** By game: the lobby row of a game of this node. */
  lobby: GameSummary
  /** By number: a wish of a client of this node, and the node that is to answer. */
  wish: WishRow & { readonly to: string }
  /** By node and wish: the answer. */
  match: Proposal
}
export type RowKind = keyof Rows

/** A row as it is sent; value null: it was deleted. */
export type SentRow = readonly [kind: string, key: string, value: unknown]

interface Header<Name extends string> {
  readonly type: Name
  readonly from: string
}

/** A heartbeat. */
export interface Beat extends Header<'beat'> {
  /** When it was sent, on the sender's monotonic clock. */
  readonly at: number
  /** The newest version of the sender's rows. */
  readonly version: number
  /** The `at` of the last beat received from each other node. */
  readonly heard: Readonly<Record<string, number>>
}

/**
 * The rows that changed after version `after`: a node that has everything up to `after` has everything up to `version`
 * with it.
 */
export interface Delta extends Header<'rows'> {
  readonly after: number
  readonly version: number
  readonly rows: readonly SentRow[]
  /**
   * The message is one part of a full copy of all rows at this version, and does not list deleted rows. It is meant for
   * a node that has nothing, or has the preceding parts. The first part has `after` 0.
   */
  readonly whole?: number
}

/** Asks for the changes since a version. */
export interface ChangesRequest extends Header<'ask'> {
  readonly after: number
}

/** A player has said something. It concerns nodes where the opponent is connected; no node keeps it. */
export interface Said {
  readonly game: string
  readonly by: Player
  readonly what: Saying
}

/** The node leaves the cluster on purpose. */
export type Farewell = Header<'leave'>

export type NodeMessage = Beat | Delta | ChangesRequest | Farewell | (Header<'said'> & Said)

/** The version of all messages. Messages of another version are ignored. */
const messageVersion = 1

const Node = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const head = { v: Type.Literal(messageVersion), from: Node }
const Row = Type.Tuple([Type.String({ maxLength: 32 }), Type.String({ minLength: 1, maxLength: 160 }), Type.Unknown()])

// Unknown members are allowed: a newer node may send more.
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
  said: Type.Object({ ...head, game: GameId, by: oneOf(players, 'Who.'), what: SaidSchema }),
}

const Games = Type.Array(GameId, { maxItems: 64 })
const rows: { readonly [Each in RowKind]: Type.TSchema } = {
  here: Type.Integer({ minimum: 1, maximum: 2 ** 32 }),
  lobby: Summary,
  wish: Type.Object({
    to: Node,
    account: Type.String({ minLength: 1, maxLength: 64 }),
    rules: RulesSchema,
    clock: Type.Optional(Time),
    match: Type.Optional(Length),
    open: Type.Optional(GameId),
    not: Games,
  }),
  match: Type.Object({ games: Games, open: GameId }),
}

/** Validators, compiled when first needed. */
const checks = new Map<Type.TSchema, { Check(value: unknown): boolean }>()

function matches(schema: Type.TSchema, value: unknown): boolean {
  const check = checks.get(schema) ?? Compile(schema)
  checks.set(schema, check)
  return check.Check(value)
}

export function isKind(kind: string): kind is RowKind {
  return Object.hasOwn(rows, kind)
}

/** True if the value is a valid row of this kind. */
export function isRow<Each extends RowKind>(kind: Each, value: unknown): value is Rows[Each] {
  return matches(rows[kind], value)
}

export function makeMessage(message: NodeMessage): string {
  return JSON.stringify({ v: messageVersion, ...message })
}

/** Null: not a message that this node understands. */
export function parseNodeMessage(text: string): NodeMessage | null {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return null
  const { type } = message
  if (typeof type !== 'string' || !Object.hasOwn(messages, type)) return null
  return matches(messages[type as NodeMessage['type']], message) ? (message as NodeMessage) : null
}
