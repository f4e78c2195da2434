/** Moves: where a mark lands, which mark it is, and the event that follows. */
import { cellOf, emptyCode, isOnBoard, type Place, placeOf, type GamePosition } from './board.ts'
import type { Command } from './command.ts'
import { type Decision, happened, refuse, rejected, type Rejection } from './decision.ts'
import type { Cell, Game, Ply } from './game.ts'
import { type Mark, type Player, players as marks } from './player.ts'
import type { Rules } from './rules.ts'
import { isStarted, speaker } from './seat.ts'
import { inTime } from './timed.ts'

export type MoveCommand = Extract<Command, { type: 'move' }>

/**
 * The cell on which a mark put at `place` lands; null if it is taken. With gravity only the column of `place` counts, so
 * that people need not count rows.
 */
export function land(rules: Rules, board: string, place: Place): Cell | null {
  let cell = cellOf(rules, rules.gravity ? { x: place.x, y: rules.height - 1 } : place)
  while (rules.gravity && cell >= 0 && board.charCodeAt(cell) !== emptyCode) cell -= rules.width
  return cell >= 0 && board.charCodeAt(cell) === emptyCode ? cell : null
}

/** The mark that a move of `player` places, or null if these rules do not let the player choose `wanted`. */
export function markFor(rules: Rules, player: Player, wanted?: Mark): Mark | null {
  if (rules.marks === 'wild') return wanted ?? player
  const forced = rules.marks === 'shared' ? 'X' : player
  return wanted === undefined || wanted === forced ? forced : null
}

/** The cells on which the next mark can land, in ascending order; with gravity in the order of their columns. */
export function openCells(rules: Rules, board: string): readonly Cell[] {
  const cells: Cell[] = []
  const end = rules.gravity ? rules.width : board.length
  for (let cell = 0; cell < end; cell++) {
    if (board.charCodeAt(cell) !== emptyCode) continue
    cells.push(rules.gravity ? (land(rules, board, { x: cell, y: 0 }) ?? cell) : cell)
  }
  return cells
}

/** The marks that `player` may choose from. */
export function marksOf(rules: Rules, player: Player): readonly Mark[] {
  return rules.marks === 'wild' ? marks : [rules.marks === 'shared' ? 'X' : player]
}

/** Every move that the board and the rules allow. */
export function pliesOf({ rules, board, turn }: GamePosition): readonly Ply[] {
  const marks = marksOf(rules, turn)
  return openCells(rules, board).flatMap((cell) => marks.map((mark) => ({ cell, mark })))
}

/** The message of 'game-over'. Only an open board can be cleared for a new game. */
function howOver({ seats }: Game): string {
  return seats === 'open'
    ? 'the game is over; clear the board for a new one (`new`, or `game.restart`)'
    : 'the game is over'
}

export function decideMove(game: Game, command: MoveCommand): Decision {
  const player = speaker(game, command)
  if (typeof player !== 'string') return rejected(player)
  if (game.turn === null) return rejected(refuse('game-over', howOver(game)))
  if (!isStarted(game)) return rejected(refuse('not-started', 'the opponent has not joined yet'))
  if (player !== game.turn) return rejected(refuse('not-your-turn', `it is ${game.turn}'s move`))
  const move = place(game, player, command)
  if ('name' in move) return rejected(move)
  const { x, y } = placeOf(game.rules, move.cell)
  if (game.rules.marks !== 'wild') return happened(inTime(game, command, { type: 'moved', player, x, y }))
  return happened(inTime(game, command, { type: 'moved', player, x, y, mark: move.mark }))
}

/** The cell and mark of a move on the current board, or why the board or the rules refuse it. */
export function place({ rules, board }: Game, player: Player, wanted: MoveCommand): Ply | Rejection {
  const { x, y } = wanted
  if (!isOnBoard(rules, wanted)) {
    return refuse(
      'off-board',
      `${x} ${y} is off the board: columns 0 to ${rules.width - 1}, rows 0 to ${rules.height - 1}`,
    )
  }
  const cell = land(rules, board, wanted)
  if (cell === null) return refuse('cell-taken', rules.gravity ? `column ${x} is full` : `${x} ${y} is taken`)
  const mark = markFor(rules, player, wanted.mark)
  if (mark === null) return refuse('bad-rules', 'these rules do not let you choose the mark')
  return { cell, mark }
}
