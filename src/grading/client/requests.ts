/** Reads the requests of a client: turns each template of a description into its reverse. */
import { isDeepStrictEqual } from 'node:util'
import type { Description } from '../description/description.ts'
import type { RequestText } from '../description/schema.ts'
import type { ByteField, Width } from '../description/schema-parts.ts'
import { widths } from '../description/schema-parts.ts'
import { shorten } from '../submission/answer.ts'
import { type FieldName, fieldValue, placeholders, type PlayerCodes, type RequestFields } from '../wire/fields.ts'
import { structureOf, writeRequest } from '../wire/request.ts'

/** The values that stand where a template has fields. */
type Values = Map<FieldName, unknown>
type Match = (payload: Uint8Array) => Values | null

export interface ReadRequest {
  /** `step`: a request of `open` or `join`. */
  readonly kind: 'move' | 'reset' | 'board' | 'step' | 'unknown'
  readonly payload: Uint8Array
  readonly values: ReadonlyMap<FieldName, unknown>
}

export interface RequestReader {
  read(payload: Uint8Array): ReadRequest
  /** Whether the request is exactly this move. */
  isMove(request: ReadRequest, expected: RequestFields): boolean
  /** The bytes that were expected, with the game and the name that the client chose. */
  expected(request: ReadRequest, expected: RequestFields): Uint8Array
}

export function makeRequestReader({ protocol, open, join, players: codes }: Description): RequestReader {
  if (protocol.type !== 'patterns') throw new TypeError('the description has an adapter')
  const { send } = protocol
  const steps = [...open.X, ...join.X].flatMap((step) => ('send' in step ? [['step', step.send] as const] : []))
  const kinds = (['move', 'reset', 'board'] as const).flatMap((kind) => {
    const template = send[kind]
    return template === undefined ? [] : [[kind, template] as const]
  })
  const matches = [...kinds, ...steps].map(([kind, template]) => [kind, makeMatch(template)] as const)
  return {
    read(payload) {
      for (const [kind, match] of matches) {
        const values = match(payload)
        if (values !== null) return { kind, payload, values }
      }
      return { kind: 'unknown', payload, values: new Map() }
    },
    isMove({ kind, values }, fields) {
      if (kind !== 'move') return false
      return [...values].every(([name, value]) => isAsExpected(name, value, fieldValue(name, fields, codes)))
    },
    expected({ values }, fields) {
      const chosen = (name: 'game' | 'name'): string =>
        values.has(name) ? `${values.get(name) as string}` : fields[name]
      return payloadOf(send.move, { ...fields, game: chosen('game'), name: chosen('name') }, codes)
    },
  }
}

export function payloadOf(template: RequestText, fields: RequestFields, codes: PlayerCodes): Uint8Array {
  return writeRequest(template, { fields, codes }) ?? new Uint8Array()
}

/** The client chooses its game and its name. Text has no types. */
function isAsExpected(name: FieldName, value: unknown, expected: unknown): boolean {
  if (name === 'game' || name === 'name') return true
  return value instanceof Text ? value.content === `${expected as string}` : value === expected
}

/** A value that was read from text or bytes, where 1 and "1" are the same. */
class Text {
  readonly content: string
  constructor(content: string) {
    this.content = content
  }
  toString(): string {
    return this.content
  }
}

function makeMatch(template: RequestText): Match {
  if (typeof template === 'string') {
    const structure = structureOf(template)
    return structure === null ? matchText(template) : matchJson(structure)
  }
  if ('bytes' in template) return matchBytes(template.bytes, template.order ?? 'big')
  if ('method' in template) return matchHttp(template)
  return matchJson(template.json)
}

const decode = (payload: Uint8Array): string => Buffer.from(payload).toString('utf8')
const withoutEnd = (text: string): string => text.replace(/\r?\n$/, '')
const literal = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`)

function matchText(template: string): Match {
  const match = textPattern(withoutEnd(template))
  return (payload) => match(withoutEnd(decode(payload)))
}

/** Any text for each field; the same text where a field is named again. */
function textPattern(template: string): (text: string) => Values | null {
  const names = placeholders(template)
  let source = ''
  let rest = template
  for (const [index, name] of names.entries()) {
    const field = `{${name}}`
    const at = rest.indexOf(field)
    source += literal(rest.slice(0, at)) + (names.indexOf(name) < index ? `\\k<${name}>` : `(?<${name}>.+?)`)
    rest = rest.slice(at + field.length)
  }
  const pattern = new RegExp(`^${source}${literal(rest)}$`, 's')
  return (text) => {
    const match = pattern.exec(text)
    if (match === null) return null
    return new Map(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name as FieldName, new Text(value ?? '')]),
    )
  }
}

function matchJson(structure: unknown): Match {
  return (payload) => {
    const values: Values = new Map()
    try {
      return fits(structure, JSON.parse(decode(payload)), values) ? values : null
    } catch {
      return null
    }
  }
}

/** Whether a value has the form of a structure. Adds what stands in place of fields. */
function fits(structure: unknown, value: unknown, values: Values): boolean {
  if (typeof structure === 'string') {
    const [name] = placeholders(structure)
    if (name === undefined) return structure === value
    if (structure === `{${name}}`) {
      values.set(name, value)
      return true
    }
    const found = typeof value === 'string' ? textPattern(structure)(value) : null
    for (const [field, text] of found ?? []) values.set(field, text)
    return found !== null
  }
  if (typeof structure !== 'object' || structure === null) return isDeepStrictEqual(structure, value)
  if (typeof value !== 'object' || value === null || Array.isArray(structure) !== Array.isArray(value)) return false
  const [expected, given] = [Object.entries(structure), value as Readonly<Record<string, unknown>>]
  return (
    expected.length === Object.keys(value).length &&
    expected.every(([key, part]) => Object.hasOwn(value, key) && fits(part, given[key], values))
  )
}

function matchBytes(parts: readonly ByteField[], order: 'big' | 'little'): Match {
  return (payload) => {
    const values: Values = new Map()
    let at = 0
    for (const part of parts) {
      const size = sizeOf(part)
      const bytes = payload.subarray(at, at + size)
      if (bytes.length < size || !readPart(part, bytes, order, values)) return null
      at += size
    }
    return at === payload.length ? values : null
  }
}

/** The bytes of one part. A field in a text is one character. */
function sizeOf(part: ByteField): number {
  if (part.text !== undefined)
    return Buffer.byteLength(placeholders(part.text).reduce((text, name) => text.replace(`{${name}}`, '0'), part.text))
  return widths[Object.keys(part)[0] as Width]
}

function readPart(part: ByteField, bytes: Uint8Array, order: 'big' | 'little', values: Values): boolean {
  if (part.text !== undefined) {
    const found = textPattern(part.text)(decode(bytes))
    for (const [name, value] of found ?? []) values.set(name, value)
    return found !== null
  }
  const source = Object.values(part)[0] as string | number
  const number = (order === 'big' ? bytes : bytes.toReversed()).reduce((sum, byte) => sum * 256 + byte, 0)
  const [name] = placeholders(`${source}`)
  if (name === undefined) return number === Number(source)
  values.set(name, new Text(`${number}`))
  return true
}

function matchHttp({ method, path, json, text }: Extract<RequestText, { readonly method: string }>): Match {
  const matchPath = textPattern(path)
  const matchBody = json !== undefined ? matchJson(json) : text !== undefined ? matchText(text) : () => new Map()
  return (payload) => {
    const head = Buffer.from(payload).toString('latin1')
    const [, verb, target = ''] = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n/.exec(head) ?? []
    if (verb !== method) return null
    const found = matchPath(decodeURI(target))
    const body = matchBody(payload.subarray(head.indexOf('\r\n\r\n') + 4))
    return found === null || body === null ? null : new Map([...found, ...body])
  }
}

/** A payload for a reader: text in quotes, or hex. */
export function showPayload(payload: Uint8Array): string {
  const bytes = Buffer.from(payload)
  const text = bytes.toString('utf8')
  return /^[\P{C}\s]*$/u.test(text) ? shorten(text) : bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ')
}
