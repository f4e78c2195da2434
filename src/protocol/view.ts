/** The state of a game as clients receive it. */
import {
  type Cell,
  countPlayed,
  type Event,
  type Game,
  isClockRunning,
  isMatchOver,
  isStarted,
  type Match,
  type Rules,
  scoreMatch,
} from '../game/index.ts'
import type { GameSummary, GameView, Status } from './schema/shapes.ts'

/** The game that every server creates when it starts. */
export const openBoard = 'main'

/** @param elapsedMs time since the last event, for the clocks: 0 right after an event, null while the clock waits for its player. */
export function makeView(id: string, game: Game, elapsedMs: number | null = 0): GameView {
  const view: Mutable<GameView> = makeSingleView(id, game, elapsedMs)
  if (game.match !== null) view.match = makeMatch(game.match, game.outcome)
  return view
}

/** The view without the match: the first page of the browser has no need to count. */
export function makeSingleView(id: string, game: Game, elapsedMs: number | null = 0): GameView {
  const { version, rules, seats, board, turn, players } = game
  const view: Mutable<GameView> = {
    game: id,
    version,
    rules,
    seats,
    board,
    turn,
    players,
    outcome: null,
  }
  if (game.outcome !== null) view.outcome = makeOutcome(rules, game.outcome)
  if (game.clock !== null && game.clocks !== null) view.clock = makeClock(game, game.clock, game.clocks, elapsedMs)
  if (game.offer !== null) view.offer = game.offer
  view.last = makeLast(game.last)
  if (game.next !== null) view.next = game.next
  return view
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** open: a seat is free. live: the game can be played. over: the game has an outcome. */
export function statusOf(game: Game): Status {
  if (game.outcome !== null) return 'over'
  return isStarted(game) ? 'live' : 'open'
}

/** @param at wall-clock time of the last change of status, in ms since 1970. */
export function makeSummary(id: string, game: Game, at: number): GameSummary {
  const summary: Mutable<GameSummary> = {
    game: id,
    rules: game.rules,
    status: statusOf(game),
    players: game.players,
    outcome: game.outcome === null ? null : makeOutcome(game.rules, game.outcome),
    at,
  }
  if (game.clock !== null) summary.clock = game.clock
  if (game.match !== null) summary.match = makeMatch(game.match, game.outcome)
  return summary
}

function makeOutcome(rules: Rules, outcome: NonNullable<Game['outcome']>): NonNullable<GameView['outcome']> {
  const { winner, by, line } = outcome
  return line === undefined ? { winner, by } : { winner, by, line: line.map((cell) => placeOf(rules, cell)) }
}

function placeOf(rules: Rules, cell: Cell): [number, number] {
  return [cell % rules.width, Math.floor(cell / rules.width)]
}

/** The match with the result of this game, if it is over. */
function makeMatch(before: Match, outcome: Game['outcome']): NonNullable<GameView['match']> {
  const match = scoreMatch(before, outcome)
  return { ...match, game: countPlayed(before) + 1, over: isMatchOver(match) }
}

function makeClock(
  game: Game,
  control: NonNullable<Game['clock']>,
  left: NonNullable<Game['clocks']>,
  elapsedMs: number | null,
): NonNullable<GameView['clock']> {
  const running = isClockRunning(game) && elapsedMs !== null
  const spent = (player: 'X' | 'O'): number => (running && game.turn === player ? Math.round(elapsedMs) : 0)
  return { control, X: Math.max(0, left.X - spent('X')), O: Math.max(0, left.O - spent('O')), running }
}

function makeLast(event: Event): NonNullable<GameView['last']> {
  const { type } = event
  if (event.type === 'moved') return { type, player: event.player, x: event.x, y: event.y }
  if ('what' in event) return { type, player: event.player, what: event.what }
  return 'player' in event ? { type, player: event.player } : { type }
}
