/** The course of a puzzle on the page: the visitor's moves and the answers of the worker. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type Cell, land, placeOf, type Rules } from '../../game/index.ts'
import { type Puzzle, type PuzzleAnswer, puzzleMoves } from '../../game/puzzle.ts'
import { text } from '../language/more.ts'
import { firstText } from '../language/text.ts'
import { sayPlace } from '../options/place.ts'
import type { ChoiceBoard } from '../options/held-move.ts'
import { openJudge } from '../replay/judgements.ts'
import type { Spot } from '../state/page-game.ts'
import { load, save } from '../state/storage.ts'
import { say, warn } from '../state/ui.ts'
import { addSolved, addWrong, type PuzzleProgress, progressOn } from './progress.ts'
import type { PuzzleQuestion } from './question.ts'

export interface PuzzleCourse {
  readonly rules: Rules
  /** With X's move before its answer. */
  readonly board: string
  readonly last: Spot | null
  readonly line: readonly Spot[] | null
  /** The number of moves in which X has to win. */
  readonly left: number
  /** The last move of X was wrong, with this result under perfect play; null if it was not. */
  readonly wrong: PuzzleAnswer['result'] | null
  /** Whether a move has no answer yet. */
  readonly isAsking: boolean
}

export interface Solving {
  /** Null until the puzzle is known. */
  readonly course: Signal<PuzzleCourse | null>
  readonly progress: Signal<PuzzleProgress>
  /** The board of the course; null until the puzzle is known. */
  readonly on: ChoiceBoard | null
  /** Shows the first position again, or asks for it again after a failure. */
  readonly again: () => void
}

/** The name of the stored progress. */
const stored = 'puzzle'

export function useSolving(day: number): Solving {
  const course = useSignal<PuzzleCourse | null>(null)
  const cursor = useSignal(0)
  const progress = useSignal(progressOn(day, load(stored)))
  const first = useRef<PuzzleCourse | null>(null)
  const thread = useRef<Worker>(null)
  /** A thread for each question: after a failure the next question loads it again. */
  const ask = <Answer>(question: PuzzleQuestion, onAnswer: (answer: Answer) => void, onFail = (): void => {}): void => {
    const judge = (thread.current = openJudge())
    judge.onmessage = ({ data }: MessageEvent<Answer>) => {
      judge.terminate()
      onAnswer(data)
    }
    judge.onerror = () => {
      warn(firstText('unavailable'))
      onFail()
    }
    judge.postMessage(question)
  }
  const begin = (): void =>
    ask({ day }, (puzzle: Puzzle) => {
      const { width, height } = puzzle.rules
      cursor.value = Math.floor(height / 2) * width + Math.floor(width / 2)
      course.value = first.current = beginOf(puzzle)
    })
  useEffect(() => {
    begin()
    return () => thread.current?.terminate()
  }, [day])

  /** Another page of this browser may have stored more. */
  const keep = (change: (before: PuzzleProgress) => PuzzleProgress): void => {
    progress.value = change(progressOn(day, load(stored)))
    save(stored, progress.value)
  }
  const take = (before: PuzzleCourse, answer: PuzzleAnswer): void => {
    const next = follow(before, answer)
    course.value = next
    if (next.wrong !== null) keep(addWrong)
    else if (next.left === 0) keep(addSolved)
    say(sayCourse(next))
  }
  const move = (cell: Cell): void => {
    const before = course.value
    if (before === null || !isToMove(before)) return
    const { rules, board } = before
    const target = targetOf(before, cell)
    if (target === null) return warn(firstText(rules.gravity ? 'column-full' : 'cell-taken'))
    warn(null)
    const moved = `${board.slice(0, target)}X${board.slice(target + 1)}`
    course.value = { ...before, board: moved, last: spotOf(rules, target), isAsking: true }
    ask(
      { rules, board, cell: target },
      (answer: PuzzleAnswer) => take(before, answer),
      () => (course.value = before),
    )
  }
  const again = (): void => {
    warn(null)
    if (first.current === null) return begin()
    course.value = first.current
    say(sayCourse(first.current))
  }
  const shown = course.value
  return { course, progress, on: shown && { of: course, cursor, move, ...readsOf(() => course.value ?? shown) }, again }
}

/** Whether the visitor is to move. */
export function isToMove({ isAsking, wrong, left }: PuzzleCourse): boolean {
  return !isAsking && wrong === null && left > 0
}

/** Where a mark lands; null if it does not fit. */
function targetOf({ rules, board }: PuzzleCourse, cell: Cell): Cell | null {
  return land(rules, board, placeOf(rules, cell))
}

function readsOf(read: () => PuzzleCourse): Pick<ChoiceBoard, 'position' | 'canMove' | 'isThinking'> {
  return {
    position: read,
    canMove: (cell) => isToMove(read()) && targetOf(read(), cell) !== null,
    isThinking: () => false,
  }
}

/** The heading over the board, and what screen readers hear. */
export function taskOf({ left }: PuzzleCourse): string {
  if (left === 0) return text('puzzleSolved')
  return left === 1 ? text('puzzleLast') : text('puzzleTask', { moves: left })
}

/** What is wrong with the last move of X; null if nothing is. */
export function wrongLine({ wrong }: PuzzleCourse): string | null {
  return wrong === null ? null : text(`puzzleWrong_${wrong}`)
}

function sayCourse(course: PuzzleCourse): string {
  const { last, left } = course
  const answer =
    last === null || left === 0 ? [] : [`${firstText('playerO')}: ${sayPlace({ x: last[0], y: last[1] })}.`]
  return [...answer, wrongLine(course) ?? taskOf(course)].join(' ')
}

function beginOf({ rules, board }: Puzzle): PuzzleCourse {
  return { rules, board, last: null, line: null, left: puzzleMoves, wrong: null, isAsking: false }
}

function follow({ rules, left }: PuzzleCourse, { isRight, result, board, last, line }: PuzzleAnswer): PuzzleCourse {
  return {
    rules,
    board,
    last: spotOf(rules, last),
    line: line?.map((cell) => spotOf(rules, cell)) ?? null,
    left: isRight ? left - 1 : left,
    wrong: isRight ? null : result,
    isAsking: false,
  }
}

function spotOf(rules: Rules, cell: Cell): Spot {
  const { x, y } = placeOf(rules, cell)
  return [x, y]
}
