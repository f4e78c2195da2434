/** Reads a description. Every mistake is one sentence with the file, the line and the column. */
import { Compile } from 'typebox/schema'
import { type DocumentKind, expectationAt, type Fail, readDocument } from '../document/document.ts'
import { completeClient, type ClientDescription } from './client.ts'
import { checkPattern, checkTemplates } from './mistakes.ts'
import { oxoText } from './oxo-text.ts'
import {
  type DescriptionText,
  descriptionSchema,
  type ReadPatterns,
  type RequestText,
  type ConnectionStep,
} from './schema.ts'
import type { FramingText } from './schema.ts'
import type { Player } from '../../game/index.ts'

/** How the grader gets at the protocol: by templates and patterns, or by an adapter that translates. */
export type SubmissionProtocol =
  | {
      readonly type: 'patterns'
      readonly framing: FramingText
      readonly send: { readonly move: RequestText; readonly reset?: RequestText; readonly board?: RequestText }
      readonly read: ReadPatterns
    }
  | { readonly type: 'adapter'; readonly command: string }

export interface Start {
  readonly build: string | null
  readonly command: string
  /** The port in the source; null if the command has a {port}. */
  readonly port: number | null
  readonly ready: string | null
}

/** A valid description with all defaults. */
export interface Description {
  readonly name: string
  /** Null if only a server that runs already can be graded. */
  readonly start: Start | null
  readonly address: string | null
  readonly connect: 'shared' | 'player' | 'move'
  readonly newGame: 'reset' | 'restart' | 'reconnect' | 'id'
  readonly afterEnd: 'stays' | 'new' | 'closes'
  readonly players: Readonly<Record<Player, string | number>>
  readonly open: readonly ConnectionStep[]
  readonly join: readonly ConnectionStep[]
  readonly ignore: readonly RegExp[]
  readonly protocol: SubmissionProtocol
  /** The number of messages that answer a request, by what the answer means. */
  readonly answers: Readonly<Record<'move' | 'error' | 'win' | 'draw' | 'reset', number>>
  /** The number of messages that the other player's connection gets. */
  readonly others: Readonly<Record<'move' | 'win' | 'draw' | 'reset', number>>
  readonly points: Readonly<Record<string, number>>
  /** Null if only a server can be graded. */
  readonly client: ClientDescription | null
}

const kind: DocumentKind = {
  what: 'description',
  schema: descriptionSchema,
  check: Compile(descriptionSchema),
}

/**
 * Reads the YAML text of a description. `file` is the name in messages.
 * @throws DocumentMistake
 */
export function readDescription(yaml: string, file: string): Description {
  const { value, fail } = readDocument(yaml, file, kind)
  return complete(value as DescriptionText, fail)
}

/** Fills in the defaults and checks what a schema cannot say. */
function complete(given: DescriptionText, fail: Fail): Description {
  const text = given.extends === 'oxo-text' ? merge(oxoText, given) : given
  const protocol = protocolOf(text, fail)
  const start = startOf(text, fail)
  const connect = text.connect ?? (isHttp(protocol) ? 'move' : 'shared')
  const hasReset = protocol.type === 'adapter' ? text['new-game'] === 'reset' : protocol.send.reset !== undefined
  const newGame = text['new-game'] ?? (hasReset ? 'reset' : 'restart')
  if (newGame === 'reset' && !hasReset)
    fail(['new-game'], 'new-game is reset, but there is no send.reset: say what is sent, or choose restart')
  if (newGame === 'reconnect' && connect !== 'player')
    fail(['new-game'], 'new-game is reconnect, which needs connect: player')
  for (const [index, pattern] of (text.ignore ?? []).entries())
    checkPattern(pattern, (message) => fail(['ignore', index], message))
  for (const key of ['open', 'join'] as const)
    for (const [index, step] of (text[key] ?? []).entries())
      if ('expect' in step) checkPattern(step.expect, (message) => fail([key, index, 'expect'], message))
  return {
    name: text.name ?? 'the submission',
    start,
    address: text.address ?? null,
    connect,
    newGame,
    afterEnd: text['after-end'] ?? 'stays',
    players: { X: text.players?.X ?? 'X', O: text.players?.O ?? 'O' },
    open: text.open ?? [],
    join: text.join ?? [],
    ignore: (text.ignore ?? []).map((pattern) => new RegExp(pattern, 's')),
    protocol,
    answers: { move: 1, error: 1, win: 1, draw: 1, reset: 1, ...text.answers },
    others: { move: 0, win: 0, draw: 0, reset: 0, ...text.others },
    points: text.points ?? {},
    client: completeClient(text, fail),
  }
}

function merge(base: DescriptionText, given: DescriptionText): DescriptionText {
  return {
    ...base,
    ...given,
    ...(base.read && { read: { ...base.read, ...given.read } }),
    ...(base.send && { send: { ...base.send, ...given.send } }),
  }
}

const isHttp = (protocol: SubmissionProtocol): boolean => protocol.type === 'patterns' && protocol.framing === 'http'

function startOf({ start }: DescriptionText, fail: Fail): Start | null {
  if (start === undefined) return null
  const { build = null, command, port = null, ready = null } = start
  if (port === null && !command.includes('{port}'))
    fail(
      ['start', 'command'],
      'start.command has no {port}: write {port} where the port belongs, or give start.port if the source contains it',
    )
  if (ready !== null) checkPattern(ready, (message) => fail(['start', 'ready'], message))
  return { build, command, port, ready }
}

function protocolOf({ adapter, framing, send, read }: DescriptionText, fail: Fail): SubmissionProtocol {
  if (adapter !== undefined) {
    if (framing !== undefined) fail(['framing'], 'there is an adapter, which also divides the bytes: remove framing')
    return { type: 'adapter', command: adapter }
  }
  if (framing === undefined) return fail([], `framing is missing: ${expectationAt(descriptionSchema, ['framing'])}`)
  if (send === undefined) return fail([], `send is missing: ${expectationAt(descriptionSchema, ['send'])}`)
  if (read === undefined) return fail([], `read is missing: ${expectationAt(descriptionSchema, ['read'])}`)
  checkTemplates({ framing, send, read }, fail)
  return { type: 'patterns', framing, send, read }
}
