/**
 * The worker for perfect play: it judges every move of a finished game, the last move first; finds the best moves of a
 * position; makes the puzzle of a day and answers its moves.
 */
import { bestMoves, type GamePosition } from '../../game/index.ts'
import { answerMove, makePuzzle } from '../../game/puzzle.ts'
import type { PuzzleQuestion } from '../puzzle/question.ts'
import { type MoveJudgement, judgeGame, type JudgementRequest } from '../replay/judgement.ts'
import { boardAt, moverOf } from '../replay/record.ts'

onmessage = ({ data }: MessageEvent<JudgementRequest | GamePosition | PuzzleQuestion>) => {
  if ('course' in data) judgeMoves(data)
  else if ('day' in data) postMessage(makePuzzle(data.day))
  else if ('cell' in data) postMessage(answerMove(data, data.cell))
  else postMessage(bestMoves(data))
}

function judgeMoves({ course, end }: JudgementRequest): void {
  const { rules, plies } = course
  for (let move = plies.length - 1; move >= 0; move--) {
    const before = { rules, board: boardAt(course, move), turn: moverOf(move) }
    const isLast = move === plies.length - 1 && end !== null
    const after = isLast ? null : { rules, board: boardAt(course, move + 1), turn: moverOf(move + 1) }
    const finding: MoveJudgement = { move, judgement: judgeGame(before, after, end ?? 'draw') }
    postMessage(finding)
  }
}
