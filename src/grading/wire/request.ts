/** Makes the payload of a request from its template. A request that the protocol cannot express is null. */
import type { RequestText } from '../description/schema.ts'
import type { ByteField, Width } from '../description/schema-parts.ts'
import { widths } from '../description/schema-parts.ts'
import {
  type FieldName,
  fieldValue,
  type FieldValue,
  fillFields,
  placeholders,
  type PlayerCodes,
  type RequestFields,
} from './fields.ts'

/** A deliberate mistake in the form of a request. */
export type Twist = 'missing-field' | 'extra-field'

export interface Writing {
  readonly fields: RequestFields
  readonly codes: PlayerCodes
  readonly twist?: Twist
}

const encoder = new TextEncoder()

/** Makes the payload of a request. For HTTP it is the whole request. */
export function writeRequest(template: RequestText, writing: Writing): Uint8Array<ArrayBuffer> | null {
  if (typeof template === 'string') return writeText(template, writing)
  if ('bytes' in template) return writeBytes(template.bytes, template.order ?? 'big', writing)
  if ('method' in template) return writeHttp(template, writing)
  const value = writeJson(template.json, writing)
  return value === null ? null : encoder.encode(value)
}

function writeText(template: string, writing: Writing): Uint8Array<ArrayBuffer> | null {
  const structure = structureOf(template)
  if (structure !== null) return encodeOrNull(writeJson(structure, writing))
  const { twist } = writing
  if (twist === undefined || placeholders(template).length === 0) return encoder.encode(fillText(template, writing))
  const [, before = '', between = '', last = '', after = ''] =
    /^(.*?)([^{}A-Za-z0-9]*)(\{[a-zA-Z]+[01]?\})([^{}]*)$/s.exec(template) ?? []
  if (twist === 'missing-field') return encoder.encode(fillText(before + after, writing))
  return encoder.encode(fillText(`${before}${between}${last}${between === '' ? ' ' : between}7${after}`, writing))
}

const encodeOrNull = (text: string | null): Uint8Array<ArrayBuffer> | null =>
  text === null ? null : encoder.encode(text)

function fillText(template: string, { fields, codes }: Writing): string {
  return fillFields(template, (name) => `${fieldValue(name, fields, codes)}`)
}

/** The JSON value that a text template writes; null if it is not JSON. A bare {row} becomes a string that holds only the field. */
export function structureOf(template: string): unknown {
  if (!/^\s*[[{]"?/.test(template) || /^\s*\{[a-zA-Z]+[01]?\}/.test(template)) return null
  const quoted = template.replace(/(?<=[:,[]\s*)(\{[a-zA-Z]+[01]?\})(?=\s*[,}\]])/g, '"$1"')
  try {
    return JSON.parse(quoted) as unknown
  } catch {
    return null
  }
}

/** The JSON text. A string that is one field alone becomes its value with its type. */
function writeJson(structure: unknown, { fields, codes, twist }: Writing): string | null {
  if (twist === 'extra-field') return null
  const where = lastPlace(structure)
  const isKept = (part: unknown): boolean => twist !== 'missing-field' || part !== where
  const build = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const [only] = placeholders(value)
      if (only !== undefined && value === `{${only}}`) return jsonValue(only, fieldValue(only, fields, codes))
      return fillText(value, { fields, codes })
    }
    if (Array.isArray(value)) return value.filter(isKept).map(build)
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(([, part]) => isKept(part))
    return Object.fromEntries(kept.map(([key, part]) => [key, build(part)]))
  }
  return JSON.stringify(build(structure)).replace(/"⟨number⟩([^"]+)"/g, '$1')
}

/** Numbers beyond what JSON.stringify writes exactly are kept as text. */
function jsonValue(_: FieldName, value: FieldValue): unknown {
  return typeof value === 'string' && /^-?\d{17,}$/.test(value) ? `⟨number⟩${value}` : value
}

/** The last string that names a field of a place, which `missing-field` leaves out. */
function lastPlace(structure: unknown): string | null {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && placeholders(value).some((name) => /^(row|col|x|y|cell)/.test(name)))
      found.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit(structure)
  return found.at(-1) ?? null
}

/** Bytes hold whole numbers only: a fraction, a text and a missing or extra field cannot be expressed. */
function writeBytes(
  parts: readonly ByteField[],
  order: 'big' | 'little',
  { fields, codes, twist }: Writing,
): Uint8Array<ArrayBuffer> | null {
  if (twist !== undefined) return null
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (const part of parts) {
    const chunk =
      part.text === undefined
        ? writeNumber(part, order, { fields, codes })
        : encoder.encode(fillText(part.text, { fields, codes }))
    if (chunk === null) return null
    chunks.push(chunk)
  }
  return concat(chunks)
}

function writeNumber(
  part: ByteField,
  order: 'big' | 'little',
  { fields, codes }: Writing,
): Uint8Array<ArrayBuffer> | null {
  const [width, source] = Object.entries(part)[0] as [Width, string | number]
  const [name] = placeholders(`${source}`)
  const value = name === undefined ? source : fieldValue(name, fields, codes)
  const number = Number(value)
  const size = widths[width]
  if (value === '' || !Number.isInteger(number)) return null
  // A number that is too large for the field becomes the largest; a negative one keeps its two's complement.
  const fits = number < 0 ? (number + 2 ** (8 * size)) % 2 ** (8 * size) : Math.min(number, 2 ** (8 * size) - 1)
  return writeUnsigned(fits, size, order)
}

/** An unsigned number of `size` bytes. */
export function writeUnsigned(value: number, size: number, order: 'big' | 'little'): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(
    { length: size },
    (_, index) => Math.floor(value / 2 ** (8 * (size - 1 - index))) & 0xff,
  )
  return order === 'big' ? bytes : bytes.toReversed()
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

interface HttpTemplate {
  readonly method: string
  readonly path: string
  readonly json?: unknown
  readonly text?: string
}

function writeHttp({ method, path, json, text }: HttpTemplate, writing: Writing): Uint8Array<ArrayBuffer> | null {
  const escape = (name: FieldName): string => encodeURIComponent(`${fieldValue(name, writing.fields, writing.codes)}`)
  const target = fillFields(path, escape)
  const body =
    json !== undefined
      ? encodeOrNull(writeJson(json, writing))
      : text !== undefined
        ? writeText(text, writing)
        : new Uint8Array()
  // The place is in the path, where a field can be neither left out nor added.
  if (body === null || (writing.twist !== undefined && json === undefined && text === undefined)) return null
  return httpRequest(method, target, body, json === undefined ? 'text/plain' : 'application/json')
}

export function httpRequest(method: string, target: string, body: Uint8Array, type: string): Uint8Array<ArrayBuffer> {
  const content =
    body.length === 0 && method === 'GET' ? '' : `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`
  return concat([encoder.encode(`${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${content}\r\n`), body])
}
