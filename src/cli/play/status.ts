/** The state of a game and the available keys, in sentences. */
import type { GameView } from '../../client/index.ts'
import { opponent, type Player } from '../../game/index.ts'
import { cutCells } from '../cells.ts'
import { makeCellText } from '../cell-text.ts'
import { sentenceOf } from '../../server/stop.ts'
import { type Span, span } from './canvas.ts'
import { phrases, reactions, type Saying, sayings } from '../../protocol/index.ts'
import { canSay, isWaiting, type TableState } from './terminal-game.ts'

/** The turn or outcome, the last event, and an open offer. A name is cut if its sentence needs more than `columns`. */
export function makeStatus(state: TableState, columns: number): readonly Span[] {
  const { view, link } = state
  return [
    view.outcome === null ? makeTurn(state, columns) : span(makeOutcome(state), 'strong'),
    ...makeMatch(state),
    ...makeLast(view),
    ...makeOffer(state, columns),
    ...makeSaid(state, columns),
    ...(view.outcome === null && link.state === 'waiting' ? [span(sentenceOf(link.reason), 'alert')] : []),
  ]
}

/** The keys that choose what to say, in the order of the sayings. */
const sayingKeys = 'abcdefghijkl'

/** What this key says; null: nothing. */
export function sayingOf(key: string): Saying | null {
  return key.length === 1 ? (sayings[sayingKeys.indexOf(key)] ?? null) : null
}

/** The keys for all phrases, and for all reactions. */
export function makeSayingKeys(): readonly [phrases: string, reactions: string] {
  const list = (names: readonly Saying[]): string =>
    names.map((name) => `${sayingKeys[sayings.indexOf(name)]} ${wordsOf(name)}`).join(' · ')
  return [list(phrases), list(reactions)]
}

/** The keys that have an effect now. */
export function makeKeys(state: TableState): string {
  const { view, mine, isConfirming, isSaying, mark } = state
  if (isSaying) return makeSayingKeys()[1]
  if (isConfirming) return isWaiting(view) ? 'y withdraw the game · n wait on' : 'y give up the game · n play on'
  const [me] = mine
  if (me === undefined) return 'q quit'
  if (isWaiting(view)) return 'r withdraw · q quit'
  const { offer, outcome, next, turn } = view
  const isAsked = offer !== undefined && (mine.length > 1 || offer.player !== me)
  const keys = [
    isAsked && 'a accept · x decline',
    offer !== undefined && !isAsked && 'x withdraw',
    turn !== null && mine.includes(turn) && 'arrows or col row, enter',
    turn !== null && mark !== null && 'tab mark',
    // A game with open seats cannot be resigned.
    outcome === null && view.seats === 'invite' && 'r resign',
    outcome === null && offer === undefined && view.seats === 'invite' && 'd draw · t takeback',
    outcome !== null &&
      outcome.by !== 'withdrawal' &&
      next === undefined &&
      (view.seats === 'open' ? 'm again' : view.match?.over === false ? 'm next game' : 'm rematch'),
    // With a mark to choose, 80 columns have no room for it.
    mark === null && canSay(state) && 's say',
    'q quit',
  ]
  return keys.filter((key) => key !== false).join(' · ')
}

function makeTurn({ view, mine, isPending, mark }: TableState, columns: number): Span {
  const { turn } = view
  if (turn === null) return span('')
  if (isPending) return span('Not confirmed yet …', 'dim')
  const what = mark === null ? '' : ` You will place ${mark} (Tab switches).`
  if (mine.length === 1 && mine[0] === turn) return span(`Your move.${what}`, 'strong')
  return span(mine.includes(turn) ? `${turn} to move.${what}` : withName(view, turn, ' is to move.', columns))
}

/** The outcome of a game in one sentence, from this player's point of view. */
export function makeOutcome({ view, mine }: Pick<TableState, 'view' | 'mine'>): string {
  const { outcome } = view
  if (outcome === null) return ''
  const { winner, by } = outcome
  if (by === 'withdrawal') return 'The game was withdrawn.'
  if (winner === null) return by === 'agreement' ? 'A draw: both agreed.' : 'A draw: the board is full.'
  const loser = opponent(winner)
  const me = mine.length === 1 ? mine[0] : undefined
  const who = me === undefined ? `${winner} won` : winner === me ? 'You won' : 'You lost'
  const [of, verb] = loser === me ? ['you', 'were'] : [loser, 'was']
  switch (by) {
    case 'line':
      return `${who}: ${makeLineOf(view, winner, me)}.`
    case 'resignation':
      return `${who}: ${of} gave up.`
    case 'time':
      return `${who} on time.`
    default:
      return `${who}: ${of} ${verb} away for too long.`
  }
}

/** The line that ended the game; under misère rules it is the loser's line. */
function makeLineOf({ rules }: GameView, winner: Player, me: Player | undefined): string {
  // With shared marks, a line has no owner.
  if (rules.marks !== 'own') return `a line of ${rules.line}`
  const maker = rules.misere ? opponent(winner) : winner
  return maker === me ? `you have ${rules.line} in a row` : `${maker} has ${rules.line} in a row`
}

/** The score of a match; at its end who won it. */
function makeMatch({ view, mine }: TableState): readonly Span[] {
  const { match } = view
  if (match === undefined) return []
  const { length, game, X, O, drawn, over } = match
  const score = `X ${X}, O ${O}, drawn ${drawn}`
  if (!over) return [span(`Best of ${length}, game ${game}: ${score}`)]
  const winner = X === O ? null : X > O ? 'X' : 'O'
  const me = mine.length === 1 ? mine[0] : undefined
  const who = me === undefined ? `${winner} won` : winner === me ? 'You won' : 'You lost'
  return [span(winner === null ? 'The match is drawn.' : `${who} the match.`, 'strong'), span(score)]
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
  const [own, theirs] =
    offer.what === 'takeback'
      ? ['You ask to take the last move back.', ' asks to take the last move back.']
      : [`You offer a ${offer.what}.`, ` offers a ${offer.what}.`]
  return [span(isOwn ? own : withName(view, offer.player, theirs, columns), 'alert')]
}

function makeSaid({ view, mine, said }: TableState, columns: number): readonly Span[] {
  if (said === null) return []
  const rest = `: ${wordsOf(said.what)}`
  return [span(mine.includes(said.by) ? `You${rest}` : withName(view, said.by, rest, columns), 'strong')]
}

function wordsOf(what: Saying): string {
  return what.replace('-', ' ')
}

/** A sentence that begins with the player's name. */
function withName({ players }: GameView, player: Player, rest: string, columns: number): string {
  return cutCells(makeCellText(players[player]?.name ?? player), columns - rest.length) + rest
}
