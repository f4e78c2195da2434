/** What the visitor did with the puzzles of the days: tries, and the days in a row with a solution. */

export interface PuzzleProgress {
  /** The day of the tries. */
  readonly day: number
  /** The number of wrong tries of that day before its solution. */
  readonly wrong: number
  /** The last day that was solved; null if there is none. */
  readonly solved: number | null
  /** The number of days in a row that were solved, up to the last one. */
  readonly streak: number
}

/** The progress on a day. @param stored what another release stored is validated */
export function progressOn(day: number, stored: unknown): PuzzleProgress {
  const known = (stored ?? {}) as Partial<Record<keyof PuzzleProgress, unknown>>
  return {
    day,
    wrong: known.day === day ? countOf(known.wrong) : 0,
    solved: typeof known.solved === 'number' && Number.isSafeInteger(known.solved) ? known.solved : null,
    streak: countOf(known.streak),
  }
}

export function isDaySolved({ day, solved }: PuzzleProgress): boolean {
  return solved === day
}

/** The number of days in a row up to this one, or up to the day before if this one is not solved yet. */
export function streakOf({ day, solved, streak }: PuzzleProgress): number {
  return solved !== null && solved >= day - 1 ? streak : 0
}

/** After a wrong move. A try after the solution does not count. */
export function addWrong(progress: PuzzleProgress): PuzzleProgress {
  return isDaySolved(progress) ? progress : { ...progress, wrong: progress.wrong + 1 }
}

/** After the solution. A puzzle of a day before the last solved one does not count. */
export function addSolved(progress: PuzzleProgress): PuzzleProgress {
  const { day, solved } = progress
  return solved !== null && solved >= day ? progress : { ...progress, solved: day, streak: streakOf(progress) + 1 }
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
