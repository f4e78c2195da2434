/** Reads what a message means: error, win, draw, ok, board. */
import { empty, type Player } from '../../game/index.ts'
import { type BoardPattern, type Pattern, type ReadPatterns } from '../description/schema.ts'
import { never } from '../description/schema-parts.ts'
import type { PlayerCodes } from './fields.ts'

/** What one message says. A message may say several things, such as a win and the board. */
export interface Meaning {
  /** The message for a reader. */
  readonly text: string
  readonly error: boolean
  /** The player who has won; 'unnamed' if the message does not say who. */
  readonly win: Player | 'unnamed' | null
  readonly draw: boolean
  readonly ok: boolean
  /** Nine characters in reading order: X, O and `.`. */
  readonly board: string | null
  /** A board was expected in this message, but it does not hold nine cells. The text says what was found. */
  readonly badBoard?: string
}

/** Whether the message says anything. */
export function isMeaningful({ error, win, draw, ok, board, badBoard }: Meaning): boolean {
  return error || win !== null || draw || ok || board !== null || badBoard !== undefined
}

interface Message {
  readonly text: string
  readonly status?: number | undefined
  /** The JSON value of the text, parsed when it is needed first; undefined if it is none. */
  json(): unknown
}

/** Makes the function that reads a message. `self` is the player of the connection, if it has one. */
export function makeReader(
  read: ReadPatterns,
  codes: PlayerCodes,
): (payload: Uint8Array, self: Player | null, status?: number) => Meaning {
  const isError = makeMatcher(read.error)
  const isDraw = makeMatcher(read.draw)
  const isOk = read.ok === undefined ? () => null : makeMatcher(read.ok)
  const findWin = makeWinReader(read.win, codes)
  const findBoard = read.board === undefined ? () => null : makeBoardReader(read.board, read.symbols ?? {}, codes)
  const decode =
    read.encoding === 'latin1'
      ? (payload: Uint8Array) => Buffer.from(payload).toString('latin1')
      : (payload: Uint8Array) => Buffer.from(payload).toString('utf8')
  return (payload, self, status) => {
    const message = makeMessage(decode(payload), status)
    const board = findBoard(message)
    return {
      text: message.text,
      error: isError(message) !== null,
      win: findWin(message, self),
      draw: isDraw(message) !== null,
      ok: isOk(message) !== null,
      board: typeof board === 'string' ? board : null,
      ...(board !== null && typeof board === 'object' ? { badBoard: board.found } : {}),
    }
  }
}

function makeMessage(text: string, status?: number): Message {
  let value: unknown
  let isParsed = false
  return {
    text,
    status,
    json() {
      if (!isParsed) {
        isParsed = true
        try {
          value = JSON.parse(text)
        } catch {
          value = undefined
        }
      }
      return value
    },
  }
}

type Groups = Readonly<Record<string, string | undefined>>
/** Returns the named groups if the message matches, otherwise null. */
type Matcher = (message: Message) => Groups | null

function makeMatcher(pattern: Pattern): Matcher {
  if (pattern === never) return () => null
  if (typeof pattern === 'string') {
    const expression = new RegExp(pattern, 's')
    return ({ text }) => {
      const match = expression.exec(text)
      return match === null ? null : (match.groups ?? {})
    }
  }
  if ('status' in pattern) {
    const status = new RegExp(`^(?:${pattern.status})$`)
    return (message) => (status.test(`${message.status}`) ? {} : null)
  }
  const expression = pattern.is === undefined ? null : new RegExp(pattern.is, 's')
  return (message) => {
    const value = valueAt(message.json(), pattern.json)
    if (value === undefined || (expression === null && (value === null || value === false))) return null
    if (expression === null) return {}
    const match = expression.exec(typeof value === 'string' ? value : JSON.stringify(value))
    return match === null ? null : (match.groups ?? {})
  }
}

/** The value at a path such as `$.game.cells[0]`; undefined if there is none. */
function valueAt(value: unknown, path: string): unknown {
  let current = value
  for (const [, name, index] of path.matchAll(/([\w-]+)|\[(\d+)\]/g)) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Record<string, unknown>)[name ?? index ?? '']
  }
  return current
}

const otherPlayer = (player: Player): Player => (player === 'X' ? 'O' : 'X')

function makeWinReader(
  win: ReadPatterns['win'],
  codes: PlayerCodes,
): (message: Message, self: Player | null) => Meaning['win'] {
  const named = (code: unknown): Meaning['win'] => playerOf(code, codes) ?? 'unnamed'
  if (typeof win === 'string' || 'json' in win || 'status' in win) {
    const matches = makeMatcher(win)
    return (message) => {
      const groups = matches(message)
      return groups === null ? null : named(groups['player'])
    }
  }
  if ('X' in win) {
    const [isX, isO] = [makeMatcher(win.X), makeMatcher(win.O)]
    return (message) => (isX(message) !== null ? 'X' : isO(message) !== null ? 'O' : null)
  }
  if ('self' in win) {
    const [isSelf, isOther] = [makeMatcher(win.self), makeMatcher(win.other)]
    return (message, self) => {
      if (isSelf(message) !== null) return self ?? 'unnamed'
      return isOther(message) === null ? null : self === null ? 'unnamed' : otherPlayer(self)
    }
  }
  const matches = makeMatcher(win.when)
  return (message) => (matches(message) === null ? null : named(valueAt(message.json(), win.player)))
}

/** The player with this code; undefined if nobody has it. Case does not matter. */
export function playerOf(code: unknown, codes: PlayerCodes): Player | undefined {
  if (typeof code !== 'string' && typeof code !== 'number') return undefined
  const text = `${code}`.toUpperCase()
  return (['X', 'O'] as const).find((player) => `${codes[player]}`.toUpperCase() === text || player === text)
}

/** The first group of a match, or all of it. */
function partOf(area: RegExp, text: string): string | null {
  const match = area.exec(text)
  return match === null ? null : (match[1] ?? match[0])
}

const cellCount = 9

type Symbols = NonNullable<ReadPatterns['symbols']>
type BadBoard = { readonly found: string }

function makeBoardReader(
  pattern: BoardPattern,
  symbols: Symbols,
  codes: PlayerCodes,
): (message: Message) => string | BadBoard | null {
  const readCell = makeCellReader(symbols, codes)
  const toBoard = (found: readonly unknown[]): string | BadBoard => {
    // A message may show more than one board: the last one counts.
    const cells = found.length % cellCount === 0 ? found.slice(-cellCount) : found
    const read = cells.map(readCell)
    if (read.length === cellCount && read.every((cell) => cell !== null)) return read.join('')
    const odd = read.indexOf(null)
    return {
      found:
        odd < 0 ? `${cells.length} cells instead of 9` : `the cell ${JSON.stringify(cells[odd])}, which is no symbol`,
    }
  }
  if ('json' in pattern) {
    return (message) => {
      const value = valueAt(message.json(), pattern.json)
      if (value === undefined || value === null) return null
      // Rows of a text may be divided by a mark that is no cell.
      if (typeof value === 'string') return toBoard([...(value.length > 9 ? value.replace(/[/|,\n]/g, '') : value)])
      return toBoard(
        typeof value === 'object'
          ? Object.values(value).flatMap((row: unknown) => (Array.isArray(row) ? (row as unknown[]) : [row]))
          : [value],
      )
    }
  }
  if ('rows' in pattern) {
    const row = new RegExp(pattern.rows, 'gm')
    return ({ text }) => {
      const cells = [...text.matchAll(row)].flatMap((match) => match.slice(1))
      return cells.length === 0 ? null : toBoard(cells)
    }
  }
  const area = pattern.in === undefined ? null : new RegExp(pattern.in, 's')
  const cell = new RegExp(pattern.cells, 'gs')
  return ({ text }) => {
    const part = area === null ? text : partOf(area, text)
    if (part === null) return null
    const found = [...part.matchAll(cell)].map((each) => each[1] ?? each[0])
    return found.length === 0 ? null : toBoard(found)
  }
}

/** Returns X, O or `.`; null if the value is no symbol. */
function makeCellReader({ X, O, empty: blank }: Symbols, codes: PlayerCodes): (value: unknown) => string | null {
  const list = (symbol: Symbols['X']): readonly unknown[] => (Array.isArray(symbol) ? symbol : [symbol])
  const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : JSON.stringify(value))
  const set = (values: readonly unknown[]): ReadonlySet<string> => new Set(values.map(text))
  const xs = set(X === undefined ? ['X', 'x', codes.X] : list(X))
  const os = set(O === undefined ? ['O', 'o', codes.O] : list(O))
  const isAny = blank === 'any'
  const blanks = set(blank === undefined ? ['', '.', '_', '-', null] : list(blank))
  return (value) => {
    const cell = text(value)
    if (xs.has(cell)) return 'X'
    if (os.has(cell)) return 'O'
    return isAny || blanks.has(cell) ? empty : null
  }
}
