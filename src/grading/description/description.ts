/** Reads a description. Every mistake is one sentence with the file, the line and the column. */
import { Compile } from 'typebox/schema'
import { type DocumentKind, expectationAt, type Fail, readDocument, type DocumentPath } from '../document/document.ts'
import { completeClient, type ClientDescription } from './client.ts'
import { checkPattern, checkCellFields, checkRead, checkRequest, checkTemplates } from './mistakes.ts'
import { oxoText } from './oxo-text.ts'
import {
  type DescriptionText,
  descriptionSchema,
  type ReadPatterns,
  type RequestText,
  type ConnectionStep,
  type StepsText,
} from './schema.ts'
import { never } from './schema-parts.ts'
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
  /** The lines that are typed when it has started. */
  readonly input: readonly string[]
}

/** The player who plays at the keyboard of the server, which reads its standard input and prints to its standard output. */
export interface KeyboardPlayer {
  readonly player: Player
  readonly protocol: Extract<SubmissionProtocol, { type: 'patterns' }>
  /** Whether its output answers its moves; otherwise only what the other player gets. */
  readonly isRead: boolean
}

/** What is sent and awaited for each player. */
export type PlayerSteps = Readonly<Record<Player, readonly ConnectionStep[]>>

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
  readonly open: PlayerSteps
  readonly join: PlayerSteps
  /** Null if both players connect. */
  readonly keyboard: KeyboardPlayer | null
  readonly ignore: readonly RegExp[]
  readonly protocol: SubmissionProtocol
  /** The number of messages that answer a request, by what the answer means. */
  readonly answers: Readonly<Record<'move' | 'error' | 'win' | 'draw' | 'reset', number>>
  /** The number of messages that the other player's connection gets. */
  readonly others: Readonly<Record<'move' | 'error' | 'win' | 'draw' | 'reset', number>>
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
  const keyboard = keyboardOf(text, fail)
  const connect = text.connect ?? (isHttp(protocol) ? 'move' : keyboard === null ? 'shared' : 'player')
  const hasReset = protocol.type === 'adapter' ? text['new-game'] === 'reset' : protocol.send.reset !== undefined
  const newGame = text['new-game'] ?? (hasReset ? 'reset' : 'restart')
  if (newGame === 'reset' && !hasReset)
    fail(['new-game'], 'new-game is reset, but there is no send.reset: say what is sent, or choose restart')
  if (newGame === 'reconnect' && connect !== 'player')
    fail(['new-game'], 'new-game is reconnect, which needs connect: player')
  for (const [index, pattern] of (text.ignore ?? []).entries())
    checkPattern(pattern, (message) => fail(['ignore', index], message))
  if (keyboard !== null && connect !== 'player')
    fail(['connect'], 'with a player at the keyboard, connect is player: remove connect')
  if (text.answers?.move === 0 && connect !== 'player')
    fail(['answers', 'move'], 'a server that does not answer who has moved needs connect: player and others.move')
  const steps = (key: 'open' | 'join'): PlayerSteps => stepsOf(text[key] ?? [], { key, protocol, fail })
  return {
    name: text.name ?? 'the submission',
    start,
    address: text.address ?? null,
    connect,
    newGame,
    afterEnd: text['after-end'] ?? 'stays',
    players: { X: text.players?.X ?? 'X', O: text.players?.O ?? 'O' },
    open: steps('open'),
    join: steps('join'),
    keyboard,
    ignore: (text.ignore ?? []).map((pattern) => new RegExp(pattern, 's')),
    protocol,
    answers: { move: 1, error: 1, win: 1, draw: 1, reset: 1, ...text.answers },
    others: { move: 0, error: 0, win: 0, draw: 0, reset: 0, ...text.others },
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
  const { build = null, command, port = null, ready = null, input = [] } = start
  if (port === null && ![command, ...input].some((text) => text.includes('{port}')))
    fail(
      ['start', 'command'],
      'start.command has no {port}: write {port} where the port belongs, or give start.port if the source contains it, or start.input if it asks for the port',
    )
  if (ready !== null) checkPattern(ready, (message) => fail(['start', 'ready'], message))
  return { build, command, port, ready, input }
}

/** How long the screen must be quiet until the server waits for a key, in ms. */
const screenSilenceMs = 50

function keyboardOf({ keyboard, read }: DescriptionText, fail: Fail): KeyboardPlayer | null {
  if (keyboard === undefined) return null
  const { player, input, prints, silence = screenSilenceMs } = keyboard
  const send = { move: input.map((line) => `${line}\n`).join('') }
  checkCellFields(send.move, ['keyboard', 'input'], fail)
  if (prints !== undefined) checkRead(prints, ['keyboard', 'prints'], fail)
  const nothing: ReadPatterns = { error: never, win: never, draw: never }
  return {
    player,
    isRead: prints?.board !== undefined || prints?.ok !== undefined,
    protocol: { type: 'patterns', framing: { silence }, send, read: prints ?? read ?? nothing },
  }
}

interface StepsOrigin {
  readonly key: 'open' | 'join'
  readonly protocol: SubmissionProtocol
  readonly fail: Fail
}

function stepsOf(text: StepsText, { key, protocol, fail }: StepsOrigin): PlayerSteps {
  const check = (steps: readonly ConnectionStep[], path: DocumentPath): readonly ConnectionStep[] => {
    for (const [index, step] of steps.entries())
      if ('expect' in step) checkPattern(step.expect, (message) => fail([...path, index, 'expect'], message))
      else if (protocol.type === 'patterns') checkRequest(step.send, protocol.framing, [...path, index, 'send'], fail)
    return steps
  }
  if ('length' in text) {
    const both = check(text, [key])
    return { X: both, O: both }
  }
  return { X: check(text.X ?? [], [key, 'X']), O: check(text.O ?? [], [key, 'O']) }
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
