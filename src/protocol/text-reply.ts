/** The answers of the text protocol. Every line is printable: unprintable characters in names and ids are escaped. */
import { makeRules, type OfferKind, type Player } from '../game/index.ts'
import { errorRow, type ErrorName } from './errors.ts'
import type { Notification } from './schema/notifications.ts'
import type { GameSummary, GameView } from './schema/shapes.ts'

/**
 * A reply as one message. The sender ends every message with LF; the message itself already ends with LF, so that on
 * the wire the reply ends with an empty line.
 */
export function makeTextReply(lines: readonly string[]): string {
  return `${lines.map((line) => makePrintable(line)).join('\n')}\n`
}

/** The lines of a notification: each begins with `* `, and no empty line follows. */
export function makeTextPush(lines: readonly string[]): string {
  return lines.map((line) => `* ${makePrintable(line)}`).join('\n')
}

/** The notification of a change: the lines of {@link makeShown}, then `* .` as its last line. */
export function makePushed(view: GameView): string {
  return makeTextPush([...makeShown(view), '.'])
}

/** The notification of what a player has said: `* SAID game X hello`. */
export function makeSaid({ game, by, what }: Notification<'game.said'>): string {
  return makeTextPush([`SAID ${game} ${by} ${what}`])
}

/** `ERR 4092 not-your-turn: it is O's move`. */
export function makeRefusal(name: ErrorName, message: string): string {
  return `ERR ${errorRow(name).code} ${name}: ${message}`
}

/** The answer to a command: `OK version 2, O to move`, `WIN X 0,1 1,1 2,1 version 5` or `DRAW version 9`, then notes and the board. */
export function makeMoved(view: GameView): readonly string[] {
  const { outcome, version } = view
  const head = outcome === null ? `OK ${makeStanding(view)}` : `${makeOutcome(outcome)} version ${version}`
  return [head, ...makeNotes(view), ...makeBoard(view)]
}

/** The answer to a client that enters a game. `player` is the seat that the client owns there, if any. */
export function makeEntered(view: GameView, player?: Player): readonly string[] {
  const seat = player === undefined ? '' : `, you are ${player}`
  return [`OK game ${view.game}${seat}, ${makeStanding(view)}`, ...makeNotes(view), ...makeBoard(view)]
}

/** The answer to `board`, and the content of a change: `BOARD main version 2, O to move`, then notes and the board. */
export function makeShown(view: GameView): readonly string[] {
  return [`BOARD ${view.game} ${makeStanding(view)}`, ...makeNotes(view), ...makeBoard(view)]
}

/** The row of column numbers, then the numbered rows; aligned also when numbers have two digits. */
export function makeBoard({ rules: { width, height }, board }: Pick<GameView, 'rules' | 'board'>): readonly string[] {
  const label = (y: number | string): string => String(y).padStart(String(height - 1).length)
  const row = (y: number | string, cells: readonly (number | string)[]): string =>
    [label(y), ...cells.map((cell) => String(cell).padStart(String(width - 1).length))].join(' ')
  const columns = Array.from({ length: width }, (_, x) => x)
  return [
    row('', columns),
    ...Array.from({ length: height }, (_, y) =>
      row(
        y,
        columns.map((x) => board.charAt(y * width + x)),
      ),
    ),
  ]
}

/** One line of `games`; its first word is the id of the game. */
export function makeListed({ game, rules, status, players }: GameSummary): string {
  return `${game} ${makeRules(rules)} ${status}: ${makePlayers(players)}`
}

function makeStanding(view: GameView): string {
  const { version, turn, outcome } = view
  const how = isWaiting(view) ? 'waiting for the opponent' : `${turn} to move`
  return `version ${version}, ${outcome === null ? how : makeOutcome(outcome)}`
}

function makeOutcome({ winner, by, line }: NonNullable<GameView['outcome']>): string {
  const how =
    line !== undefined ? ` ${line.map((place) => place.join(',')).join(' ')}` : by === 'full' ? '' : ` by ${by}`
  if (by === 'withdrawal') return `OVER${how}`
  return winner === null ? `DRAW${how}` : `WIN ${winner}${how}`
}

function isWaiting({ seats, players }: GameView): boolean {
  return seats === 'invite' && (players.X === null || players.O === null)
}

const wishes: Readonly<Record<OfferKind, string>> = {
  draw: 'offers a draw',
  takeback: 'asks to take the last move back',
  rematch: 'offers a rematch',
}

/** Notes for a person in addition to the standing. An open board has none. */
function makeNotes(view: GameView): string[] {
  const { game, seats, players, outcome, clock, match, offer, last, next } = view
  const notes: string[] = []
  if (seats === 'invite') notes.push(makePlayers(players))
  if (outcome === null && isWaiting(view)) notes.push(`a friend joins with: join ${game}`)
  if (clock !== undefined) notes.push(`time left: X ${makeSeconds(clock.X)}, O ${makeSeconds(clock.O)}`)
  if (match !== undefined) notes.push(makeMatch(match))
  if (offer !== undefined) notes.push(`${offer.player} ${wishes[offer.what]}: accept or decline`)
  if (last?.type === 'declined' && last.what !== undefined)
    notes.push(`the ${last.what} was declined or withdrawn by ${last.player}`)
  if (next !== undefined) notes.push(`the rematch: join ${next}`)
  return notes
}

function makeMatch({ length, game, X, O, drawn, over }: NonNullable<GameView['match']>): string {
  const end = over ? '; the match is over' : ''
  return `best of ${length}, game ${game}: X ${X}, O ${O}, drawn ${drawn}${end}`
}

function makePlayers({ X, O }: GameView['players']): string {
  return `X is ${X?.name ?? 'free'}, O is ${O?.name ?? 'free'}`
}

function makeSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}

/**
 * Replaces control, line-breaking and bidirectional characters and lone surrogates, because strangers choose names; by
 * default with an escape such as `\u{1b}`.
 */
export function makePrintable(text: string, replace: (character: string) => string = escape): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, replace)
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
