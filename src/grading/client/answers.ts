/** Makes the answers of the scripted server from the templates of a description. */
import type { Player } from '../../game/index.ts'
import type { AnswerText, ClientAnswers } from '../description/schema.ts'
import type { ByteField, Width } from '../description/schema-parts.ts'
import { widths } from '../description/schema-parts.ts'
import type { PlayerCodes } from '../wire/fields.ts'
import { concat, writeUnsigned } from '../wire/request.ts'

export interface AnswerFields {
  /** Who the answer is about: the winner, or the player of the connection. */
  readonly player: Player
  /** Who moves next; the last player after the end. */
  readonly turn: Player
  /** Nine characters in reading order: X, O and `.`. */
  readonly board: string
  /** The game that the client named last. */
  readonly game: string
}

export interface AnswerWriting {
  readonly codes: PlayerCodes
  readonly symbols: ClientAnswers['symbols']
  readonly encoding: 'utf8' | 'latin1'
}

type Value = string | number | null
type Give = (name: string) => Value | readonly Value[] | readonly (readonly Value[])[]

const anyField = /\{(player|turn|game|board|cells|rows|[1-9])\}/g
const oneField = /^\{(player|turn|game|board|cells|rows|[1-9])\}$/

/** Returns the payload of an answer. For HTTP it is the whole response. */
export function writeAnswer(template: AnswerText, fields: AnswerFields, writing: AnswerWriting): Uint8Array {
  const give = makeGive(fields, writing)
  const { encoding } = writing
  if (typeof template === 'string') return Buffer.from(fill(template, give), encoding)
  if ('bytes' in template) return concat(template.bytes.map((part) => writePart(part, template.order ?? 'big', give)))
  if (!('status' in template)) return Buffer.from(JSON.stringify(build(template.json, give)), encoding)
  const { status, json, text = '' } = template
  const body = Buffer.from(json === undefined ? fill(text, give) : JSON.stringify(build(json, give)))
  const type = json === undefined ? 'text/plain' : 'application/json'
  const head = `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Error'}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`
  return concat([Buffer.from(head), body])
}

function makeGive({ player, turn, board, game }: AnswerFields, { codes, symbols = {} }: AnswerWriting): Give {
  const first = (symbol: Value | readonly Value[] | undefined, otherwise: string): Value => {
    const value = Array.isArray(symbol) ? (symbol as readonly Value[])[0] : (symbol as Value | undefined)
    return value === undefined ? otherwise : value
  }
  const blank = first(symbols.empty, '.')
  const marks: Readonly<Record<string, Value>> = {
    X: first(symbols.X, 'X'),
    O: first(symbols.O, 'O'),
    '.': blank === 'any' ? '.' : blank,
  }
  const cells = [...board].map((mark) => marks[mark] ?? null)
  return (name) => {
    if (name === 'player') return codes[player]
    if (name === 'turn') return codes[turn]
    if (name === 'game') return game
    if (name === 'board') return cells.map(textOf).join('')
    if (name === 'cells') return cells
    if (name === 'rows') return [cells.slice(0, 3), cells.slice(3, 6), cells.slice(6)]
    return cells[Number(name) - 1] ?? null
  }
}

const textOf = (value: unknown): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const fill = (template: string, give: Give): string =>
  template.replace(anyField, (_, name: string) => textOf(give(name)))

/** A string that is one field alone becomes its value with its type. */
function build(value: unknown, give: Give): unknown {
  if (typeof value === 'string') {
    const name = oneField.exec(value)?.[1]
    return name === undefined ? fill(value, give) : give(name)
  }
  if (Array.isArray(value)) return value.map((part) => build(part, give))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, build(part, give)]))
}

function writePart(part: ByteField, order: 'big' | 'little', give: Give): Uint8Array {
  if (part.text !== undefined) return Buffer.from(fill(part.text, give), 'latin1')
  const [width, source] = Object.entries(part)[0] as [Width, string | number]
  const name = oneField.exec(`${source}`)?.[1]
  const given = name === undefined ? source : give(name)
  const numbers = (Array.isArray(given) ? given.flat() : [given]) as readonly Value[]
  return concat(numbers.map((value) => writeUnsigned(numberOf(value), widths[width], order)))
}

/** A symbol of one character that is no digit is its code. */
function numberOf(value: Value): number {
  const number = Number(value)
  return Number.isNaN(number) || (typeof value === 'string' && value.trim() === '')
    ? (`${value ?? ''}`.codePointAt(0) ?? 0)
    : number
}
