/** Applies an event to a game. It accepts every event that `decide` returns for that game. */
import { assert } from '../base/index.ts'
import { cellOf, empty, emptyBoard, put, turnAfter } from './board.ts'
import type { Accepted, Created, Event, Moved, Offered } from './event.ts'
import type { Cell, Ending, Game, OfferCounts, Outcome } from './game.ts'
import { findLine } from './line.ts'
import { markFor } from './move.ts'
import { opponent, type Player } from './player.ts'
import type { Rules } from './rules.ts'
import { charge, type Clocks, credit, discredit, startClocks } from './time-control.ts'

/** The game after `event`. `game` is null for a game that does not exist yet. */
export function evolve(game: Game | null, event: Event): Game {
  if (event.type === 'created') {
    assert(game === null, 'a game is created once')
    return create(event)
  }
  assert(game !== null, 'a game begins with its creation')
  const awaited = awaitedAfter(game, event)
  return { ...game, ...change(game, event), awaited, version: game.version + 1, last: event }
}

/** A player who acts is connected, so the clock no longer waits for them. */
function awaitedAfter({ awaited }: Game, event: Event): readonly Player[] {
  if (event.type === 'joined') return event.awaited ?? nobody
  if (awaited.length === 0 || !('player' in event)) return awaited
  return awaited.filter((player) => player !== event.player)
}

const nobody: readonly Player[] = []
const noOffers: OfferCounts = {}

function create(event: Created): Game {
  return {
    version: 1,
    rules: event.rules,
    seats: event.seats,
    public: event.public,
    by: event.by ?? null,
    players: { X: event.players.X ?? null, O: event.players.O ?? null },
    board: emptyBoard(event.rules),
    moves: [],
    turn: event.next === undefined ? 'X' : null,
    outcome: event.next === undefined ? null : { winner: null, by: 'withdrawal' },
    clock: event.clock ?? null,
    clocks: event.clock ? startClocks(event.clock) : null,
    match: event.match ?? null,
    offered: noOffers,
    awaited: event.awaited ?? nobody,
    offer: null,
    next: event.next ?? null,
    last: event,
  }
}

function change(game: Game, event: Exclude<Event, Created>): Partial<Game> {
  switch (event.type) {
    case 'joined':
      return { players: { ...game.players, [event.player]: event.account } }
    case 'moved':
      return move(game, event)
    case 'offered':
      return offer(game, event)
    case 'declined':
      return { offer: null, clocks: charged(game, event) }
    case 'accepted':
      return accept(game, event)
    case 'resigned':
      return lose(game, event, 'resignation')
    case 'withdrawn':
      return { outcome: { winner: null, by: 'withdrawal' }, turn: null, offer: null }
    case 'flagged':
      return lose(game, event, 'time')
    case 'abandoned':
      return lose(game, event, 'abandonment')
    case 'restarted':
      return {
        rules: event.rules,
        board: emptyBoard(event.rules),
        moves: [],
        turn: 'X',
        outcome: null,
        offer: null,
      }
  }
}

function move(game: Game, event: Moved): Partial<Game> {
  const { rules, clock } = game
  const { player } = event
  const cell = cellOf(rules, event)
  const mark = markFor(rules, player, event.mark) ?? player
  const board = put(game.board, cell, mark)
  const outcome = outcomeOf(rules, board, { cell, player })
  const clocks = charged(game, event)
  return {
    board,
    moves: [...game.moves, clocks === null ? { cell, mark } : { cell, mark, clocks }],
    turn: outcome === null ? opponent(player) : null,
    outcome,
    offered: noOffers,
    offer: null,
    clocks: clock && clocks && credit(clock, clocks, player),
  }
}

/** The outcome after `player` has put a mark on `cell` of `board`; null if the game is not over. */
export function outcomeOf(
  rules: Rules,
  board: string,
  { cell, player }: { readonly cell: Cell; readonly player: Player },
): Outcome | null {
  const line = findLine(rules, board, cell)
  if (line !== null) return { winner: rules.misere ? opponent(player) : player, by: 'line', line }
  return board.includes(empty) ? null : { winner: null, by: 'full' }
}

function offer(game: Game, event: Offered): Partial<Game> {
  const { player, what } = event
  const kind = `${player} ${what}` as const
  const offered = { ...game.offered, [kind]: (game.offered[kind] ?? 0) + 1 }
  return { offered, offer: { player, what }, clocks: charged(game, event) }
}

function accept(game: Game, event: Accepted): Partial<Game> {
  const clocks = charged(game, event)
  switch (event.what) {
    case 'draw':
      return { outcome: { winner: null, by: 'agreement' }, turn: null, offer: null, clocks }
    case 'takeback':
      return takeBack(game, opponent(event.player), clocks)
    case 'rematch':
      return { next: event.next ?? null, offer: null }
  }
}

/** Takes back the last move of `player`, and the opponent's reply to it if there is one. */
function takeBack(game: Game, player: Player, clocks: Clocks | null): Partial<Game> {
  const plies = game.turn === player ? 2 : 1
  const moves = game.moves.slice(0, -plies)
  const board = game.moves.slice(-plies).reduce((before, { cell }) => put(before, cell, empty), game.board)
  const then = game.moves.at(-plies)?.clocks
  return {
    moves,
    board,
    turn: turnAfter(moves.length),
    takebacks: (game.takebacks ?? 0) + 1,
    offered: noOffers,
    offer: null,
    clocks: game.clock && clocks && then ? discredit(game.clock, clocks, then, player) : clocks,
  }
}

function lose(game: Game, event: { readonly player: Player; readonly elapsedMs?: number }, by: Ending): Partial<Game> {
  return { outcome: { winner: opponent(event.player), by }, turn: null, offer: null, clocks: charged(game, event) }
}

function charged({ clocks, turn }: Game, { elapsedMs }: { readonly elapsedMs?: number }): Clocks | null {
  return clocks === null || turn === null || elapsedMs === undefined ? clocks : charge(clocks, turn, elapsedMs)
}
