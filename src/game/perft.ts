/** Counts of everything the rules allow: the field's way to check a move generator against published numbers. */
import { assert } from '../base/index.ts'
import { emptyBoard, put, turnAfter } from './board.ts'
import { outcomeOf } from './evolve.ts'
import { marksOf, openCells } from './move.ts'
import type { Player } from './player.ts'
import type { Rules } from './rules.ts'
import { symmetries, type Symmetry } from './symmetry.ts'

/** The rule that is counted; a test puts a wrong one here to see the counts change. */
export type Referee = typeof outcomeOf

export interface Count {
  /** Go no further than to so many marks. */
  readonly plies?: number
  /**
   * Judge but one of the positions that turn or mirror into each other, and count it for all: several times faster,
   * and blind to a rule that treats them differently.
   */
  readonly isFolded?: boolean
  readonly referee?: Referee
}

/** How many positions can be reached, by number of marks. */
export function countPositions(rules: Rules, count: Count = {}): readonly number[] {
  const counts: number[] = []
  walk(rules, count, (ply, size) => {
    counts[ply] = (counts[ply] ?? 0) + size
  })
  return counts
}

/** How many positions can be reached if those that turn or mirror into each other count as one. */
export function countClasses(rules: Rules): number {
  let count = 0
  walk(rules, { isFolded: true }, () => count++)
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

/**
 * Calls `visit` once with every position that can be reached, or every class of them, the last ones of games included:
 * with the marks on it and how many positions it stands for.
 */
function walk(
  rules: Rules,
  { plies = Infinity, isFolded = false, referee = outcomeOf }: Count,
  visit: (ply: number, size: number) => void,
): void {
  const images = symmetries(rules).slice(0, isFolded ? undefined : 1)
  const weights = images.map((image) => weigh(rules, image))
  const isNew = codeSet(rules)
  // For every ply on the way the codes of the position and its images.
  const codes = Array.from({ length: rules.width * rules.height + 1 }, () => new Float64Array(images.length))

  /** Puts a mark on the position at `ply`; the size of the position's class, or 0 if it is known. */
  const step = (ply: number, cell: number, digit: number): number => {
    const from = codes[ply]
    const to = codes[ply + 1]
    assert(from !== undefined && to !== undefined, 'there is a row for every number of marks')
    let least = Infinity
    let ties = 0
    for (let image = 0; image < images.length; image++) {
      const code = (from[image] ?? 0) + (weights[image]?.[cell] ?? 0) * digit
      to[image] = code
      if (code < least) {
        least = code
        ties = 1
      } else if (code === least) ties++
    }
    return isNew(least) ? images.length / ties : 0
  }
  const expand = (board: string, ply: number): void => {
    if (ply >= plies) return
    const player = turnAfter(ply)
    const marks = marksOf(rules, player)
    for (const cell of openCells(rules, board)) {
      for (const mark of marks) {
        const size = step(ply, cell, mark === 'X' ? 2 : 1)
        if (size === 0) continue
        visit(ply + 1, size)
        const child = put(board, cell, mark)
        if (referee(rules, child, { cell, player }) === null) expand(child, ply + 1)
      }
    }
  }
  visit(0, 1)
  expand(emptyBoard(rules), 0)
}

/**
 * What one mark on a cell adds to the number that stands for an image of the position; an X adds it twice. Without
 * gravity that makes a number in base 3. With gravity a column of n marks is a binary number of n + 1 digits with a
 * leading one, of which the sum leaves out the one of an empty column: John Tromp's code for connect four.
 */
function weigh({ width, height, gravity }: Rules, image: Symmetry): readonly number[] {
  return image.map((cell) => {
    if (!gravity) return 3 ** cell
    const x = cell % width
    const below = height - 1 - Math.floor(cell / width)
    return 2 ** (x * (height + 1) + below)
  })
}

/** A set of codes, as a function that adds one and says whether it is new: one bit a code while that fits 64 MiB. */
function codeSet({ width, height, gravity }: Rules): (code: number) => boolean {
  const codes = gravity ? 2 ** (width * (height + 1)) : 3 ** (width * height)
  if (codes > 2 ** 29) {
    const known = new Set<number>()
    return (code) => {
      const isNew = !known.has(code)
      if (isNew) known.add(code)
      return isNew
    }
  }
  const bits = new Uint32Array(Math.ceil(codes / 32))
  return (code) => {
    const word = bits[code >>> 5] ?? 0
    const bit = 1 << (code & 31)
    bits[code >>> 5] = word | bit
    return (word & bit) === 0
  }
}
