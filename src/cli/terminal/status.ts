/** What is to be said of a game, and what can be done: in sentences. */
import type { GameView } from '../../client/index.ts'
import type { Player } from '../../game/index.ts'
import { cutCells } from '../cells.ts'
import { makePrintable } from '../printable.ts'
import { sentenceOf } from '../stop.ts'
import { type Span, span } from './canvas.ts'
import { isWaiting, type TableState } from './table.ts'

/** How it stands, what happened last, and what is offered. A name is cut where its sentence needs more than `columns`. */
export function makeStatus(state: TableState, columns: number): readonly Span[] {
  const { view, link } = state
  return [
    view.outcome === null ? makeTurn(state, columns) : span(makeOutcome(state), 'strong'),
    ...makeLast(view),
    ...makeOffer(state, columns),
    ...(view.outcome === null && link.state === 'waiting' ? [span(sentenceOf(link.reason), 'alert')] : []),
  ]
}

/** The keys that do something now. */
export function makeKeys({ view, mine, isConfirming, mark }: TableState): string {
  if (isConfirming) return isWaiting(view) ? 'y withdraw the game · n wait on' : 'y give up the game · n play on'
  const [me] = mine
  if (me === undefined) return 'q quit'
  if (isWaiting(view)) return 'r withdraw · q quit'
  const { offer, outcome, next, turn } = view
  const isAsked = offer !== undefined && (mine.length > 1 || offer.player !== me)
  const keys = [
    isAsked && 'a accept · x decline',
    offer !== undefined && !isAsked && 'x withdraw',
    turn !== null && mine.includes(turn) && 'arrows, enter or x y',
    turn !== null && mark !== null && 'tab mark',
    outcome === null && 'r resign',
    outcome === null && offer === undefined && view.seats === 'invite' && 'd draw · t takeback',
    outcome !== null &&
      outcome.by !== 'withdrawal' &&
      next === undefined &&
      (view.seats === 'open' ? 'm again' : 'm rematch'),
    'q quit',
  ]
  return keys.filter((key) => key !== false).join(' · ')
}

function makeTurn({ view, mine, isPending, mark }: TableState, columns: number): Span {
  const { turn } = view
  if (turn === null) return span('')
  if (isPending) return span('Not confirmed yet …', 'dim')
  const what = mark === null ? '' : ` It puts ${mark}.`
  if (mine.length === 1 && mine[0] === turn) return span(`Your move.${what}`, 'strong')
  return span(mine.includes(turn) ? `${turn} to move.${what}` : withName(view, turn, ' is to move.', columns))
}

/** The end of a game in one sentence, from the side of whoever sits here. */
export function makeOutcome({ view, mine }: Pick<TableState, 'view' | 'mine'>): string {
  const { outcome } = view
  if (outcome === null) return ''
  const { winner, by } = outcome
  if (by === 'withdrawal') return 'The game was withdrawn.'
  const how = { line: 'a line', full: 'the board is full', resignation: 'resignation', time: 'time' } as const
  const reason = by === 'agreement' ? 'agreed' : by === 'abandonment' ? 'the opponent left' : how[by]
  if (winner === null) return `A draw: ${reason}.`
  const me = mine.length === 1 ? mine[0] : undefined
  if (me === undefined) return `${winner} wins: ${reason}.`
  if (winner === me) return `You win: ${reason}.`
  return `You lose: ${by === 'abandonment' ? 'you were away' : reason}.`
}

function makeLast({ last, outcome }: GameView): readonly Span[] {
  if (last?.player === undefined) return []
  if (last.type === 'moved') return [span(`Last: ${last.player} at ${last.x},${last.y}`, 'dim')]
  if (last.type === 'declined') return [span(`${last.player} declined the ${last.what}.`)]
  if (last.type === 'accepted' && outcome === null) return [span(`The ${last.what} was accepted.`)]
  return []
}

function makeOffer({ view, mine }: TableState, columns: number): readonly Span[] {
  const { offer } = view
  if (offer === undefined) return []
  const isOwn = mine.length === 1 && mine[0] === offer.player
  const text = isOwn ? `You offer a ${offer.what}.` : withName(view, offer.player, ` offers a ${offer.what}.`, columns)
  return [span(text, 'alert')]
}

/** A sentence that begins with a name. */
function withName({ players }: GameView, player: Player, rest: string, columns: number): string {
  return cutCells(makePrintable(players[player]?.name ?? player), columns - rest.length) + rest
}
