/** Parses and writes JSON-RPC 2.0 messages. One text holds one message; batches are refused. */
import { type ErrorDetail, errorRow, type ErrorName } from './errors.ts'
import { Fault } from './fault.ts'
import { limits } from './limits.ts'

/** Echoed in the answer. A number is an integer within ±(2^53 − 1), so that the echo is exact. */
export type RequestId = string | number | null

/** Longest id that is a string, in UTF-16 code units. */
const idCharactersMax = 128

export interface Request {
  /** Absent: the sender wants no answer. */
  readonly id?: RequestId
  readonly method: string
  /** Not validated yet; `{}` when the sender left it out. */
  readonly params: unknown
}

/** The text is not a request. `id` is the sender's; null if none could be read. */
export class MessageFault extends Fault {
  readonly id: RequestId

  constructor(fault: ErrorName, message: string, id: RequestId = null, options?: ErrorOptions) {
    super(fault, message, options)
    this.id = id
  }
}

/** @throws MessageFault with parse-error, invalid-request or too-large. */
export function parseRequest(text: string): Request {
  const value = parseJson(text)
  if (Array.isArray(value))
    throw new MessageFault('invalid-request', 'batches are not served; send one request a message')
  if (typeof value !== 'object' || value === null) throw new MessageFault('invalid-request', 'a request is an object')
  const { jsonrpc, id, method, params } = value as Record<string, unknown>
  const answerTo = isRequestId(id) ? id : null
  if (id !== undefined && !isRequestId(id))
    throw new MessageFault(
      'invalid-request',
      'id must be a text of at most 128 characters or a whole number within ±(2^53 − 1)',
    )
  if (jsonrpc !== '2.0') throw new MessageFault('invalid-request', 'jsonrpc must be "2.0"', answerTo)
  if (typeof method !== 'string') throw new MessageFault('invalid-request', 'method must be a text', answerTo)
  if (params !== undefined && (typeof params !== 'object' || params === null || Array.isArray(params)))
    throw new MessageFault('invalid-params', 'params go by name: an object', answerTo)
  for (const key in value)
    if (key !== 'jsonrpc' && key !== 'id' && key !== 'method' && key !== 'params')
      throw new MessageFault('invalid-request', `a request has no member ${JSON.stringify(key)}`, answerTo)
  return id === undefined ? { method, params: params ?? {} } : { id: answerTo, method, params: params ?? {} }
}

/** The answer to a request. `resultJson` is the result as JSON text, so that one `JSON.stringify` can serve many answers. */
export function makeAnswer(id: RequestId, resultJson: string): string {
  return `{"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)},"result":${resultJson}}`
}

export function makeError(id: RequestId, name: ErrorName, message: string, detail: ErrorDetail = {}): string {
  const { code, retry } = errorRow(name)
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data: { name, retry, ...detail } } })
}

/** A notification. `paramsJson` is its params as JSON text. */
export function makeNotification(method: string, paramsJson: string): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${paramsJson}}`
}

export function makeRequest(id: RequestId, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

function isRequestId(value: unknown): value is RequestId {
  return (
    value === null ||
    (typeof value === 'string' && value.length <= idCharactersMax) ||
    (typeof value === 'number' && Number.isSafeInteger(value))
  )
}

/** Skips a byte order mark before the text. @throws MessageFault with parse-error or too-large. */
export function parseJson(json: string): unknown {
  const text = json.startsWith('\ufeff') ? json.slice(1) : json
  if (nestsDeeper(text, limits.jsonDepthMax))
    throw new MessageFault('too-large', `the message nests deeper than ${limits.jsonDepthMax}`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MessageFault('parse-error', 'this is not JSON', null, { cause })
  }
}

/** Whether the brackets of a JSON text nest deeper than `depthMax`; brackets inside strings do not count. */
function nestsDeeper(text: string, depthMax: number): boolean {
  // Most messages have too few opening brackets to nest that deep. Counting them is much faster than the walk below.
  if (count(text, '{', depthMax) + count(text, '[', depthMax) <= depthMax) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22) {
      index = endOfText(text, index)
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthMax) return true
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return false
}

/** How often `mark` occurs in `text`; the count stops above `most`. */
function count(text: string, mark: string, most: number): number {
  let found = 0
  for (let index = text.indexOf(mark); index >= 0 && found <= most; index = text.indexOf(mark, index + 1)) found++
  return found
}

/** The index of the quote that closes the string opened at `start`, or the length of the text if none does. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end > 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return json.length
}
