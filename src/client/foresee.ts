/** Optimistic moves: rebuilds enough of a game from its view to apply a move before the server has answered. */
import { decide, evolve, type Event, type Game } from '../game/index.ts'
import { type GameView, makeSingleView } from '../protocol/index.ts'

/** A move that waits for its answer. */
export interface PendingMove {
  readonly version: number
  readonly x: number
  readonly y: number
  readonly mark?: 'X' | 'O'
}

/**
 * Rebuilds a game from its view. Fields that a view lacks are empty: the order of the moves (so a takeback cannot be
 * predicted), who created the game, and whether the lobby lists it.
 */
export function gameOf(view: GameView): Game {
  const { version, rules, seats, board, turn, players } = view
  return {
    version,
    rules,
    seats,
    public: false,
    by: null,
    players,
    board,
    moves: [],
    offered: {},
    awaited: [],
    turn,
    outcome: view.outcome === null ? null : outcomeOf(view, view.outcome),
    clock: view.clock?.control ?? null,
    clocks: view.clock === undefined ? null : { X: view.clock.X, O: view.clock.O },
    match: null,
    offer: view.offer ?? null,
    next: view.next ?? null,
    last: lastOf(view),
  }
}

/**
 * Returns the view as it will be if the server accepts `attempts`, oldest first; it stops at the first one that the
 * rules
 * forbid. `account` is the id of the mover, `elapsedMs` the time since the view was made.
 */
export function foresee(
  view: GameView,
  attempts: readonly PendingMove[],
  account: string | null,
  elapsedMs: number,
): GameView {
  // The server has already decided the attempts at older versions.
  const open = attempts.filter(({ version }) => version >= view.version)
  if (open.length === 0) return view
  let game = gameOf(view)
  for (const attempt of open) {
    const decision = decide(game, { type: 'move', by: account, elapsedMs, ...attempt })
    // Only the server declares a fallen flag.
    if (decision.type !== 'event' || decision.event.type !== 'moved') break
    game = evolve(game, decision.event)
  }
  if (game.version === view.version) return view
  const foreseen = makeSingleView(view.game, game)
  // The server counts a game in its match once the game is over.
  return view.match === undefined ? foreseen : { ...foreseen, match: view.match }
}

function outcomeOf({ rules }: GameView, outcome: NonNullable<GameView['outcome']>): NonNullable<Game['outcome']> {
  const { winner, by, line } = outcome
  return line === undefined ? { winner, by } : { winner, by, line: line.map(([x, y]) => y * rules.width + x) }
}

/** The last event matters only for repeats, which do not occur here; a move is kept because the page highlights it. */
function lastOf({ rules, last }: GameView): Event {
  const { player, x, y } = last ?? {}
  if (last?.type !== 'moved' || player === undefined || x === undefined || y === undefined) {
    return { type: 'restarted', rules }
  }
  return { type: 'moved', player, x, y }
}
