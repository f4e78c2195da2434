/** Reads a description. Every mistake is one sentence with the file, the line and the column. */
import { Compile } from 'typebox/schema'
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
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

/** A description that cannot be used. The message is a sentence: file, line, column, what is wrong, what is expected. */
export class DescriptionMistake extends Error {
  override readonly name = 'DescriptionMistake'
}

type Path = readonly (string | number)[]

/**
 * Reads the YAML text of a description. `file` is the name in messages.
 * @throws DescriptionMistake
 */
export function readDescription(yaml: string, file: string): Description {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false })
  const fail = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset)
    throw new DescriptionMistake(`${file}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`)
  }
  const [broken] = document.errors
  if (broken !== undefined) fail(broken.pos[0], `this is not YAML: ${broken.message.split('\n')[0]}`)
  const failAt = (path: Path, message: string): never => fail(offsetOf(document, path), message)
  const value: unknown = document.toJS()
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    fail(0, 'a description is a list of `key: value` lines, and this has none')
  const mistake = findMistake(value)
  if (mistake !== null) failAt(mistake.path, mistake.message)
  return complete(value as DescriptionText, failAt)
}

/** The offset of a value; of its key if the value itself has none; of the closest parent if it does not exist. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => (isNode(key) ? String(key) : key) === path[length - 1])
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

interface Mistake {
  readonly path: Path
  readonly message: string
}

const check = Compile(descriptionSchema)

function findMistake(value: unknown): Mistake | null {
  const [isValid, errors] = check.Errors(value)
  if (isValid) return null
  // The error that lies deepest names the cause; those above only repeat that something below is wrong.
  const [error] = errors.toSorted((a, b) => depthOf(b) - depthOf(a) || rank(a) - rank(b))
  if (error === undefined) return { path: [], message: 'the description does not fit the schema' }
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (error.message === unknownKey) {
    const [parent, key] = [path.slice(0, -1), path.at(-1)]
    return { path, message: `there is no key \`${key}\` in ${describePath(parent)}; expected ${expectationAt(parent)}` }
  }
  const [missing] = 'requiredProperties' in error.params ? (error.params.requiredProperties as readonly string[]) : []
  if (missing !== undefined && !isUnion(path))
    return {
      path,
      message: `${describePath(path)} has no \`${missing}\`, which is needed: ${expectationAt([...path, missing])}`,
    }
  return { path, message: `${describePath(path)} must be ${expectationAt(path)}` }
}

/** The message of the compiled check about a key that the schema does not have. */
const unknownKey = 'schema is false'

const describePath = (path: Path): string => (path.length === 0 ? 'the description' : path.join('.'))

const depthOf = ({ instancePath }: { readonly instancePath: string }): number => instancePath.split('/').length
/** An unknown key says more than what else does not fit. */
const rank = ({ message }: { readonly message: string }): number => (message === unknownKey ? 0 : 1)

function unescapePointer(part: string): string | number {
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(name) ? Number(name) : name
}

interface SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

function schemasAt(path: Path): readonly SchemaNode[] {
  let nodes: readonly SchemaNode[] = [descriptionSchema as SchemaNode]
  for (const part of path)
    nodes = nodes
      .flatMap((node) => [node, ...(node.anyOf ?? [])])
      .flatMap(({ properties, patternProperties, items }) =>
        typeof part === 'number' ? [items] : [properties?.[part], ...Object.values(patternProperties ?? {})],
      )
      .filter((node) => node !== undefined)
  return nodes
}

const expectationAt = (path: Path): string => schemasAt(path)[0]?.description ?? 'something else'
const isUnion = (path: Path): boolean => schemasAt(path).some(({ anyOf }) => anyOf !== undefined)

type Fail = (path: Path, message: string) => never

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
  if (framing === undefined) return fail([], `framing is missing: ${expectationAt(['framing'])}`)
  if (send === undefined) return fail([], `send is missing: ${expectationAt(['send'])}`)
  if (read === undefined) return fail([], `read is missing: ${expectationAt(['read'])}`)
  checkTemplates({ framing, send, read }, fail)
  return { type: 'patterns', framing, send, read }
}
