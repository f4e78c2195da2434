/** Puts the messages that answer one request together. */
import type { Player } from '../../game/index.ts'
import { isMeaningful, type Meaning } from '../wire/meaning.ts'

export interface Answer {
  /** What it says: the strongest of its messages. `unclear`: none has a meaning; `none`: nothing came. */
  readonly kind: 'error' | 'win' | 'draw' | 'move' | 'unclear' | 'none'
  readonly winner: Player | 'unnamed' | null
  readonly board: string | null
  readonly messages: readonly Meaning[]
  /** Why the board could not be read. */
  readonly badBoard?: string
  /** Whether the server closed the connection instead of sending more. */
  readonly isClosed: boolean
  /** What the other player's connection got. */
  readonly seen: readonly Meaning[]
}

export function kindOf(messages: readonly Meaning[]): Answer['kind'] {
  if (messages.length === 0) return 'none'
  if (messages.some(({ error }) => error)) return 'error'
  if (messages.some(({ win }) => win !== null)) return 'win'
  if (messages.some(({ draw }) => draw)) return 'draw'
  return messages.some(isMeaningful) ? 'move' : 'unclear'
}

export function combineAnswer(messages: readonly Meaning[], isClosed: boolean, seen: readonly Meaning[] = []): Answer {
  const badBoard = messages.findLast((message) => message.badBoard !== undefined)?.badBoard
  return {
    kind: kindOf(messages),
    winner: messages.find(({ win }) => win !== null)?.win ?? null,
    board: messages.findLast(({ board }) => board !== null)?.board ?? null,
    messages,
    ...(badBoard !== undefined && { badBoard }),
    isClosed,
    seen,
  }
}

/** The answer for a reader, as the end of "was answered by …". */
export function describeAnswer({ kind, winner, board, messages, isClosed }: Answer): string {
  if (kind === 'none') return isClosed ? 'closing the connection' : 'nothing within 2 s'
  const text = shorten(messages.map((message) => message.text).join(' | '))
  const what = {
    error: 'an error',
    win: `a win${winner === null || winner === 'unnamed' ? '' : ` of ${winner}`}`,
    draw: 'a draw',
    move: board === null ? 'a message that accepts it' : 'the board',
    unclear: 'a message that neither `read` nor `ignore` of the description explains',
  }[kind]
  return `${what}: ${text}`
}

const textMax = 120

/** A text in quotes on one line, cut where it is long. */
export function shorten(text: string): string {
  const line = JSON.stringify(text.trim())
  return line.length > textMax ? `${line.slice(0, textMax)}…` : line
}
