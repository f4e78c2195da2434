/** What a visitor can do, in one place: each answers with a sentence on the page when it did not work. */
import type { Client, Params } from '../../client/index.ts'
import { OxoError } from '../../client/index.ts'
import { cellOf, empty, type OfferKind, placeOf, type Rules } from '../../game/index.ts'
import { text } from '../language/text.ts'
import { go } from './navigation.ts'
import { server } from './server.ts'
import type { Standing, Table } from './table.ts'
import { ui, warn } from './ui.ts'
import { refusal } from '../words.ts'

/** Places a mark, or says at once why that cannot be. */
export function play(table: Table, cell: number): void {
  const { handle, mark } = table
  const { shown } = table.standing.value
  const problem = findProblem(table.standing.value, cell)
  if (problem !== null) return warn(problem)
  ui.notice.value = null
  const { x, y } = placeOf(shown.rules, cell)
  attempt(handle.move(x, y, shown.rules.marks === 'wild' ? { mark: mark.value } : {}))
}

/** Why a tap on `cell` would come to nothing; null when it would not. */
export function findProblem({ shown, me, isMyTurn, ended }: Standing, cell: number): string | null {
  const { rules, board, seats, players, outcome } = shown
  if (outcome !== null) return text('game-over')
  if (ended !== null) return refusal(ended)
  if (seats === 'invite' && me === null) return text('not-your-seat')
  if (seats === 'invite' && (players.X === null || players.O === null)) return text('not-started')
  if (!isMyTurn) return text('not-your-turn')
  const { x } = placeOf(rules, cell)
  if (rules.gravity) return board[cellOf(rules, { x, y: 0 })] === empty ? null : text('column-full')
  return board[cell] === empty ? null : text('cell-taken')
}

export function offer({ handle }: Table, what: OfferKind): void {
  attempt(handle.offer(what))
}

/** Sits down opposite whoever waits, or waits. */
export function playSomeone(rules: Rules, clock?: Params<'lobby.play'>['clock']): void {
  asSomebody((client) => visit(client.play(clock === undefined ? { rules } : { rules, clock })))
}

/** Opens a game of one's own and goes there. */
export function create(params: Params<'game.create'>): void {
  asSomebody((client) => visit(client.create(params)))
}

/** Goes on at once, or after a name is chosen: this is when others see one for the first time. */
export function asSomebody(act: (client: Client) => void): void {
  // By the time that a name is chosen it may be another client.
  const go = (): void => act(server())
  if (ui.settings.value.name !== null) go()
  else ui.dialog.value = { name: 'name', go }
}

export function visit(opening: Promise<{ readonly id: string }>): void {
  opening.then(({ id: game }) => go({ page: 'game', game }), report)
}

export function attempt(asked: Promise<unknown>): void {
  asked.then(() => {}, report)
}

/** A refusal becomes a sentence; anything else is a bug of ours and goes where bugs go. */
export function report(error: unknown): void {
  if (!(error instanceof OxoError)) throw error
  warn(refusal(error))
}
