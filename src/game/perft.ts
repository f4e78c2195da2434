/** Perft: counts all positions and games that the rules allow, to check the move generator against published numbers. */
import { assert } from '../base/index.ts'
import { emptyBoard, put, turnAfter } from './board.ts'
import { outcomeOf } from './evolve.ts'
import { marksOf, openCells } from './move.ts'
import type { Player } from './player.ts'
import type { Rules } from './rules.ts'
import { symmetries, type Symmetry } from './symmetry.ts'

/** Decides the outcome of a move; a test passes a wrong one to see that the counts change. */
export type Referee = typeof outcomeOf

export interface Count {
  /** The largest number of marks to count to. */
  readonly plies?: number
  /**
   * Examines one position of each symmetry class and counts it for the whole class. Several times faster, but it cannot
   * detect a rule that treats symmetric positions differently.
   */
  readonly isFolded?: boolean
  readonly referee?: Referee
}

/** The number of reachable positions, by number of marks. */
export function countPositions(rules: Rules, count: Count = {}): readonly number[] {
  const counts: number[] = []
  walk(rules, count, (ply, size) => {
    counts[ply] = (counts[ply] ?? 0) + size
  })
  return counts
}

/** The number of reachable positions up to symmetry. */
export function countClasses(rules: Rules): number {
  let count = 0
  walk(rules, { isFolded: true }, () => count++)
  return count
}

/** The number of complete games, by winner. */
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
 * Calls `visit` once for every reachable position, or for every symmetry class if `isFolded`, including positions that
 * end a game. `ply` is the number of marks on it, `size` the number of positions that it stands for.
 */
function walk(
  rules: Rules,
  { plies = Infinity, isFolded = false, referee = outcomeOf }: Count,
  visit: (ply: number, size: number) => void,
): void {
  const images = symmetries(rules).slice(0, isFolded ? undefined : 1)
  const weights = images.map((image) => weigh(rules, image))
  const isNew = codeSet(rules)
  // For every ply of the current path: the codes of the position and of its images.
  const codes = Array.from({ length: rules.width * rules.height + 1 }, () => new Float64Array(images.length))

  /** Puts a mark on the position at `ply`. Returns the size of the new position's class, or 0 if the class is known. */
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
 * For each cell, the number that an O on it adds to the code of the position's image; an X adds it twice. Without gravity
 * the code is a number in base 3. With gravity it is John Tromp's code for connect four: a column of n marks is a binary
 * number of n + 1 digits with a leading one, except that the sum omits the leading one of an empty column.
 */
function weigh({ width, height, gravity }: Rules, image: Symmetry): readonly number[] {
  return image.map((cell) => {
    if (!gravity) return 3 ** cell
    const x = cell % width
    const below = height - 1 - Math.floor(cell / width)
    return 2 ** (x * (height + 1) + below)
  })
}

/** A set of codes, as a function that adds a code and returns whether it is new. Uses one bit per code if that fits 64 MiB. */
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
