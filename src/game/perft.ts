/** Counts of everything the rules allow: the field's way to check a move generator against published numbers. */
import { emptyBoard, put, turnAfter } from './board.ts'
import { outcomeOf } from './evolve.ts'
import { marksOf, openCells } from './move.ts'
import type { Player } from './player.ts'
import type { Rules } from './rules.ts'
import { symmetries, transform } from './symmetry.ts'

/** The rule that is counted; a test puts a wrong one here to see the counts change. */
export type Referee = typeof outcomeOf

/** How many positions can be reached, by number of marks, from the empty board to `plies` marks. */
export function countPositions(rules: Rules, plies = Infinity, referee: Referee = outcomeOf): readonly number[] {
  const counts: number[] = []
  walk({ rules, plies, referee }, (_, ply) => {
    counts[ply] = (counts[ply] ?? 0) + 1
  })
  return counts
}

/** How many positions can be reached if those that turn or mirror into each other count as one. */
export function countClasses(rules: Rules): number {
  const [, ...others] = symmetries(rules)
  let count = 0
  // A class is counted where its least member comes by.
  walk({ rules, plies: Infinity, referee: outcomeOf }, (board) => {
    if (others.every((symmetry) => board <= transform(board, symmetry))) count++
  })
  return count
}

/** How many games can be played to their end, by winner. */
export function countGames(rules: Rules, referee: Referee = outcomeOf): Readonly<Record<Player | 'draw', number>> {
  const counts = { X: 0, O: 0, draw: 0 }
  const play = (board: string, ply: number): void => {
    const player = turnAfter(ply)
    const marks = marksOf(rules, player)
    for (const cell of openCells(rules, board)) {
      for (const mark of marks) {
        const child = put(board, cell, mark)
        const outcome = referee(rules, child, { cell, player })
        if (outcome === null) play(child, ply + 1)
        else counts[outcome.winner ?? 'draw']++
      }
    }
  }
  play(emptyBoard(rules), 0)
  return counts
}

interface Walk {
  readonly rules: Rules
  readonly plies: number
  readonly referee: Referee
}

/** Calls `visit` once with every position that can be reached within `plies` marks, the last ones of games included. */
function walk({ rules, plies, referee }: Walk, visit: (board: string, ply: number) => void): void {
  const weights = weigh(rules)
  const seen = codeSet(rules)
  const expand = (board: string, code: number, ply: number): void => {
    visit(board, ply)
    if (ply >= plies) return
    const player = turnAfter(ply)
    const marks = marksOf(rules, player)
    for (const cell of openCells(rules, board)) {
      for (const mark of marks) {
        const next = code + (weights[cell] ?? 0) * (mark === 'X' ? 2 : 1)
        if (!seen(next)) continue
        const child = put(board, cell, mark)
        if (referee(rules, child, { cell, player }) === null) expand(child, next, ply + 1)
        else visit(child, ply + 1)
      }
    }
  }
  expand(emptyBoard(rules), 0, 0)
}

/**
 * What one mark on a cell adds to the number that stands for a position; an X adds it twice. Without gravity that
 * makes a number in base 3. With gravity a column of n marks is a binary number of n + 1 digits with a leading one,
 * of which the sum leaves out the one of an empty column: John Tromp's code for connect four.
 */
function weigh(rules: Rules): readonly number[] {
  const { width, height, gravity } = rules
  return Array.from({ length: width * height }, (_, cell) => {
    if (!gravity) return 3 ** cell
    const x = cell % width
    const above = height - 1 - Math.floor(cell / width)
    return 2 ** (x * (height + 1) + above)
  })
}

/** A set of codes, as a function that adds one and says whether it is new: one bit a code while that fits 64 MiB. */
function codeSet({ width, height, gravity }: Rules): (code: number) => boolean {
  const codes = gravity ? 2 ** (width * (height + 1)) : 3 ** (width * height)
  if (codes > 2 ** 29) {
    const known = new Set<number>()
    return (code) => known.size < known.add(code).size
  }
  const bits = new Uint32Array(Math.ceil(codes / 32))
  return (code) => {
    const word = bits[code >>> 5] ?? 0
    const bit = 1 << (code & 31)
    bits[code >>> 5] = word | bit
    return (word & bit) === 0
  }
}
