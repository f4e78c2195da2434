/** What a check is, and the sentences that many checks share. */
import type { Random } from '../../base/index.ts'
import { type Answer, describeAnswer } from '../submission/answer.ts'
import type { GradedGame, PlayedMove } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { NotChecked, SubmissionMistake } from '../submission/mistake.ts'
import { describeBoard, freeCells, type GradedPosition } from '../submission/model.ts'

/** The sentences of the assignment. Each check belongs to one. */
export const checkGroups = {
  board: 'The server keeps the board',
  moves: 'It checks each move',
  wins: 'It finds the win',
  answers: 'It answers with an error, a win or the board',
  stream: 'A stream of bytes is not messages',
  clients: 'It serves more than one client',
  races: 'Moves at the same time',
  process: 'One thread, one loop, one port',
  restarts: 'It stops and starts',
  own: 'What this course asks too',
  'client-moves': 'The client sends the move',
  'client-answers': 'It understands an error, a win, a draw and the board',
  'client-stream': 'It reads a stream of bytes',
  'client-failures': 'It survives a server that fails',
  'client-input': 'It survives what is typed',
} as const
export type CheckGroup = keyof typeof checkGroups

export interface CheckContext {
  readonly server: GradedServer
  readonly random: Random
  /** Whether every position is examined instead of a sample. */
  readonly isThorough: boolean
}

export interface GradingCheck {
  readonly id: string
  readonly group: CheckGroup
  readonly points: number
  /** What is right, as a sentence without a full stop. */
  readonly title: string
  /** What is probably wrong when it fails, for the student. */
  readonly hint: string
  /** Whether connections of the check may have taken the seats of players: then the server is started again afterwards. */
  readonly disturbs?: boolean
  /**
   * Resolves if the submission is right.
   * @throws SubmissionMistake with a sentence, NotChecked with a reason
   */
  run(context: CheckContext): Promise<void>
}

/** Plays the cells in order. Each move must be accepted. Returns the last one. */
export async function playAll(
  server: GradedServer,
  game: GradedGame,
  cells: readonly number[],
): Promise<PlayedMove | null> {
  let last: PlayedMove | null = null
  for (const cell of cells) {
    const before = game.story
    last = await game.play(cell)
    if (isRefused(last.answer))
      throw server.explain(`${before}, the legal move of ${last.what} was answered by ${describeAnswer(last.answer)}`)
  }
  return last
}

/** Plays the cells in order until one is refused. Returns the last one that was played. */
export async function playUntilRefused(game: GradedGame, cells: readonly number[]): Promise<PlayedMove | null> {
  let last: PlayedMove | null = null
  for (const cell of cells) {
    last = await game.play(cell)
    if (isRefused(last.answer)) break
  }
  return last
}

export const isRefused = ({ kind }: Answer): boolean => kind === 'error' || kind === 'none' || kind === 'unclear'

/** A random game: cells in the order in which they are played, until it ends. */
export function randomGame(
  random: Random,
  play: (position: GradedPosition, cell: number) => GradedPosition,
  beginning: GradedPosition,
): readonly number[] {
  const cells: number[] = []
  for (let position = beginning; position.turn !== null;) {
    const open = freeCells(position.board)
    const cell = open[random.below(open.length)] ?? 0
    cells.push(cell)
    position = play(position, cell)
  }
  return cells
}

/** The sentence for a board that is not as it should be. */
export function wrongBoard(game: GradedGame, found: string, expected: string): SubmissionMistake {
  return new SubmissionMistake(
    `${game.story}, the board was ${describeBoard(found)} instead of ${describeBoard(expected)}`,
  )
}

/** Compares the board in an answer. An answer without a board passes: `board-after-each-move` is the check that needs one. */
export function checkBoard(game: GradedGame, answer: Answer, expected: string): void {
  if (answer.badBoard !== undefined)
    throw new SubmissionMistake(`${game.story}, the board could not be read: ${answer.badBoard}`)
  if (answer.board !== null && answer.board !== expected) throw wrongBoard(game, answer.board, expected)
}

/** Fails unless the answer is an error. */
export function expectError(server: GradedServer, what: string, answer: Answer): void {
  if (answer.kind !== 'error')
    throw server.explain(`${what} was answered by ${describeAnswer(answer)}, not by an error`)
}

/** The board that the server shows now, before requests that must not change it; null if the protocol cannot ask. */
export async function showBoard(server: GradedServer, game: GradedGame): Promise<string | null> {
  const shown = await game.board()
  if (shown === null) return null
  if (shown.board === null)
    throw server.explain(`${game.story}, a request for the board was answered by ${describeAnswer(shown)}`)
  return shown.board
}

/** The board must be as it was: asks for it, or else makes one more legal move, which must be accepted. */
export async function expectUnchanged(server: GradedServer, game: GradedGame, before: string | null): Promise<void> {
  const shown = await showBoard(server, game)
  if (shown !== null) {
    if (shown !== before) throw wrongBoard(game, shown, before ?? '')
    return
  }
  if (game.position.turn === null) return
  const [cell = 0] = freeCells(game.position.board)
  const { story } = game
  const { answer, what } = await game.play(cell)
  if (isRefused(answer))
    throw server.explain(
      `${story} and a move that was refused, the legal move of ${what} was answered by ${describeAnswer(answer)}: the refused move changed the game`,
    )
}

export function notChecked(reason: string): never {
  throw new NotChecked(reason)
}
