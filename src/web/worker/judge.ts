/** The thread that looks at every line of play of a finished game, the last move first. */
import { type Finding, judge, type Question } from '../replay/judgement.ts'
import { boardAt, moverOf } from '../replay/record.ts'

onmessage = ({ data: { course, end } }: MessageEvent<Question>) => {
  const { rules, plies } = course
  for (let move = plies.length - 1; move >= 0; move--) {
    const before = { rules, board: boardAt(course, move), turn: moverOf(move) }
    const isLast = move === plies.length - 1 && end !== null
    const after = isLast ? null : { rules, board: boardAt(course, move + 1), turn: moverOf(move + 1) }
    const finding: Finding = { move, judgement: judge(before, after, end ?? 'draw') }
    postMessage(finding)
  }
}
