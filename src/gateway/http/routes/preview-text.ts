/** A game in words, for a preview of its link; in English, because the program that fetches it does not know its readers. */
import { opponent, type Player, type PresetName, presetOf, type Rules, type TimeControl } from '../../../game/index.ts'
import type { GameView } from '../../../protocol/index.ts'
import { makePrintable } from '../../../protocol/text-reply.ts'

export interface PreviewText {
  readonly title: string
  readonly description: string
}

const titles: Readonly<Record<PresetName, string>> = {
  tictactoe: 'tic-tac-toe',
  gomoku: 'gomoku',
  'connect-four': 'connect four',
  misere: 'misère tic-tac-toe',
  wild: 'wild tic-tac-toe',
  notakto: 'notakto',
  'tictactoe-4': 'tic-tac-toe on 4 × 4',
}

/** Plain text: it contains names that strangers chose, and must be escaped. */
export function makePreviewText(view: GameView): PreviewText {
  const { rules, clock } = view
  const sentences = [makeSeats(view), makeRulesLine(rules), clock && makeTime(clock.control), makeState(view)]
  return {
    title: makeTitle(view),
    description: sentences.filter((sentence) => sentence !== undefined).join(' '),
  }
}

function makeTitle(view: GameView): string {
  const { rules, seats, players, outcome } = view
  const game = titleOf(rules)
  if (outcome?.by === 'withdrawal') return `A withdrawn game of ${game}`
  const [X, O] = [nameOf(view, 'X'), nameOf(view, 'O')]
  if (outcome !== null && outcome.winner !== null)
    return `${nameOf(view, outcome.winner)} won against ${nameOf(view, opponent(outcome.winner))}: ${game}`
  if (outcome !== null) return `A draw between ${X} and ${O}: ${game}`
  if (seats === 'open') return `An open board: ${game}`
  if (players.X !== null && players.O !== null) return `${X} and ${O} play ${game}`
  const host = players.X === null ? 'O' : 'X'
  return players[host] === null ? `Two players wanted: ${game}` : `${nameOf(view, host)} invites you to ${game}`
}

function makeSeats(view: GameView): string | undefined {
  const { seats, players, outcome } = view
  if (seats === 'open') return outcome === null ? 'Everybody may move.' : undefined
  const taken = (['X', 'O'] as const).filter((player) => players[player] !== null)
  const shown = taken.map((player) => `${nameOf(view, player)} plays ${player}`).join(', ')
  if (taken.length === 2) return `${shown}.`
  if (outcome !== null) return undefined
  const [own] = taken
  return own === undefined ? 'Open the link to play.' : `${shown}. Open the link to play ${opponent(own)}.`
}

function makeRulesLine({ width, height, line, gravity, misere, marks, exact }: Rules): string {
  const options = [
    gravity && 'marks fall',
    misere && 'a line loses',
    marks === 'wild' && 'either mark',
    marks === 'shared' && 'X only',
    exact && 'exact lines',
  ]
  return `${[`${width} × ${height}`, `${line} in a row`, ...options.filter((option) => option !== false)].join(', ')}.`
}

function makeState(view: GameView): string | undefined {
  const { rules, seats, players, turn, outcome } = view
  if (outcome === null) {
    const isWaiting = seats === 'invite' && (players.X === null || players.O === null)
    return isWaiting || turn === null ? undefined : `${nameOf(view, turn)} is to move.`
  }
  const { by, winner } = outcome
  switch (by) {
    case 'line':
      if (winner === null) return undefined
      return `${nameOf(view, rules.misere ? opponent(winner) : winner)} made ${rules.line} in a row.`
    case 'full':
      return 'The board is full.'
    case 'resignation':
    case 'abandonment':
      return winner === null
        ? undefined
        : `${nameOf(view, opponent(winner))} ${by === 'resignation' ? 'resigned' : 'left'}.`
    case 'time':
      return winner === null ? undefined : `${nameOf(view, opponent(winner))} ran out of time.`
    case 'agreement':
      return 'They agreed on a draw.'
    case 'withdrawal':
      return undefined
  }
}

function titleOf(rules: Rules): string {
  const preset = presetOf(rules)
  return preset === null ? `${rules.line} in a row on ${rules.width} × ${rules.height}` : titles[preset]
}

/** The letters of scripts that are written from right to left. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** A name in its own direction: it must not reorder the sentence. The player if the seat has no owner. */
function nameOf({ players }: GameView, player: Player): string {
  const name = makePrintable(players[player]?.name ?? player)
  return rightToLeft.test(name) ? `\u2068${name}\u2069` : name
}

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const

/** `3 min each and 2 s more with each move.` */
function makeTime(control: TimeControl): string {
  if ('perMoveMs' in control) return `${makeSpan(control.perMoveMs)} for each move.`
  const { initialMs, incrementMs } = control
  return `${makeSpan(initialMs)} each${incrementMs === 0 ? '' : ` and ${makeSpan(incrementMs)} more with each move`}.`
}

function makeSpan(ms: number): string {
  const [unit, name] = units.find(([unit]) => ms % unit === 0) ?? [1_000, 's']
  return `${ms / unit} ${name}`
}
