/** Reads what a client has printed: error, win, draw and the last board. */
import type { Player } from '../../game/index.ts'
import type { ClientDescription } from '../description/client.ts'
import type { PlayerCodes } from '../wire/fields.ts'
import { makeReader, type Meaning } from '../wire/meaning.ts'

/** Reads a part of the output. `self` is the player of the client; null if it plays both. */
export type ScreenReader = (text: string, self: Player | null) => Meaning

export function makeScreenReader({ prints }: ClientDescription, codes: PlayerCodes): ScreenReader {
  const read = makeReader(prints, codes)
  const findBoard = makeLastBoard(prints.board)
  return (printed, self) => {
    const text = printed.replaceAll('\r\n', '\n')
    const meaning = read(Buffer.from(text), self)
    const { badBoard: _, ...rest } = meaning
    const part = findBoard(text)
    if (part === null) return { ...rest, board: null }
    const { board, badBoard } = read(Buffer.from(part), self)
    return { ...rest, board, ...(badBoard !== undefined && { badBoard }) }
  }
}

/** Returns the part of a text that holds the last board: a client may print many. */
function makeLastBoard(board: ClientDescription['prints']['board']): (text: string) => string | null {
  if (board === undefined || 'json' in board) return () => null
  if ('rows' in board) {
    const row = new RegExp(board.rows, 'gm')
    return (text) => lastOf(text, row, 3)?.join('\n') ?? null
  }
  if (board.in === undefined) {
    const cell = new RegExp(board.cells, 'gs')
    return (text) => lastOf(text, cell, 9)?.join('') ?? null
  }
  const part = new RegExp(board.in, 'gs')
  return (text) => lastOf(text, part, 1)?.join('') ?? null
}

function lastOf(text: string, pattern: RegExp, count: number): readonly string[] | null {
  const found = [...text.matchAll(pattern)].map(([match]) => match)
  return found.length === 0 ? null : found.slice(-count)
}
