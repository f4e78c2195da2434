/** The actions of a visitor. Each one shows a sentence on the page if it fails. */
import type { AskOptions, Client, Params } from '../../client/index.ts'
import { cellOf, empty, type OfferKind, placeOf, type Rules } from '../../game/index.ts'
import { firstText } from '../language/text.ts'
import { ask, report } from './ask.ts'
import { go } from './navigation.ts'
import type { PageGameState, PageGame } from './page-game.ts'
import { ui, warn } from './ui.ts'
import { refusal } from '../words.ts'

/** Places a mark, or shows at once why that is not possible. */
export function makeMove(table: PageGame, cell: number): void {
  const { handle, mark } = table
  const { shown } = table.standing.value
  const problem = findProblem(table.standing.value, cell)
  if (problem !== null) return warn(problem)
  ui.notice.value = null
  const { x, y } = placeOf(shown.rules, cell)
  attempt(handle.move(x, y, shown.rules.marks === 'wild' ? { mark: mark.value } : {}))
}

/** Why a move to `cell` is not possible; null if it is. */
export function findProblem({ shown, me, isMyTurn, ended }: PageGameState, cell: number): string | null {
  const { rules, board, seats, players, outcome } = shown
  if (outcome !== null) return firstText('game-over')
  if (ended !== null) return refusal(ended)
  if (seats === 'invite' && me === null) return firstText('not-your-seat')
  if (seats === 'invite' && (players.X === null || players.O === null)) return firstText('not-started')
  if (!isMyTurn) return firstText('not-your-turn')
  const { x } = placeOf(rules, cell)
  if (rules.gravity) return board[cellOf(rules, { x, y: 0 })] === empty ? null : firstText('column-full')
  return board[cell] === empty ? null : firstText('cell-taken')
}

export function offer({ handle }: PageGame, what: OfferKind): void {
  attempt(handle.offer(what))
}

/** Joins a player who waits for an opponent, or waits for one. */
export function playSomeone(rules: Rules, clock?: Params<'lobby.play'>['clock']): void {
  const wish = clock === undefined ? { rules } : { rules, clock }
  asSomebody(() => visitGame((client, options) => client.play(wish, options)))
}

/** Creates a game and opens its page. */
export function create(params: Params<'game.create'>): void {
  asSomebody(() => visitGame((client, options) => client.create(params, options)))
}

/** Runs `act` at once, or after the visitor has chosen a name, which others are about to see for the first time. */
export function asSomebody(act: () => void): void {
  if (ui.settings.value.name !== null) act()
  else ui.dialog.value = { name: 'name', go: act }
}

/** Asks for a game and opens its page. */
export function visitGame(opening: (client: Client, options: AskOptions) => Promise<{ readonly id: string }>): void {
  void ask(opening).then((game) => {
    if (game !== null) go({ page: 'game', game: game.id })
  })
}

export function attempt(asked: Promise<unknown>): void {
  asked.then(() => {}, report)
}
