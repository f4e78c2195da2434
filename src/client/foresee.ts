/** The game behind a view, far enough to try a move on it before the server has answered. */
import { decide, evolve, type Event, type Game } from '../game/index.ts'
import type { GameView } from '../protocol/shapes.ts'
import { makeView } from '../protocol/view.ts'

/** A move that waits for its answer. */
export interface Attempt {
  readonly version: number
  readonly x: number
  readonly y: number
  readonly mark?: 'X' | 'O'
}

/**
 * The game as far as its view tells. What a view leaves out is empty: the order of the moves (so no takeback can be
 * tried), who made it, and whether it is listed.
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
    offer: view.offer ?? null,
    next: view.next ?? null,
    last: lastOf(view),
  }
}

/**
 * The view as it will be if the server takes `attempts`, the oldest first; as far as the rules take them. `account` is
 * who tries, `elapsedMs` the time since the view was made.
 */
export function foresee(
  view: GameView,
  attempts: readonly Attempt[],
  account: string | null,
  elapsedMs: number,
): GameView {
  // Those at an older version are decided by now, one way or the other.
  const open = attempts.filter(({ version }) => version >= view.version)
  if (open.length === 0) return view
  let game = gameOf(view)
  for (const attempt of open) {
    const decision = decide(game, { type: 'move', by: account, elapsedMs, ...attempt })
    // A fallen flag is the server's to tell.
    if (decision.type !== 'event' || decision.event.type !== 'moved') break
    game = evolve(game, decision.event)
  }
  return game.version === view.version ? view : makeView(view.game, game)
}

function outcomeOf({ rules }: GameView, outcome: NonNullable<GameView['outcome']>): NonNullable<Game['outcome']> {
  const { winner, by, line } = outcome
  return line === undefined ? { winner, by } : { winner, by, line: line.map(([x, y]) => y * rules.width + x) }
}

/** Only a repeat looks at the last event, and nothing is repeated here; a move is kept for what it shows. */
function lastOf({ rules, last }: GameView): Event {
  const { player, x, y } = last ?? {}
  if (last?.type !== 'moved' || player === undefined || x === undefined || y === undefined) {
    return { type: 'restarted', rules }
  }
  return { type: 'moved', player, x, y }
}
