/** Grades many submissions, some at a time. One that cannot be graded never stops the others. */

export interface ClassOptions<Item, Result> {
  readonly jobs: number
  /** A port that nobody else may use at the same time; null if there is none. */
  readonly portOf: (item: Item) => number | null
  /** Must not reject. */
  readonly grade: (item: Item) => Promise<Result>
  /** Begins no other submission after an abort. */
  readonly signal: AbortSignal
}

/** Resolves after the last one, in the order of the items; without those that were never begun. */
export async function gradeAll<Item, Result>(
  items: readonly Item[],
  { jobs, portOf, grade, signal }: ClassOptions<Item, Result>,
): Promise<readonly Result[]> {
  const waiting = [...items]
  const busy = new Set<number>()
  const running = new Set<Promise<void>>()
  const results = new Map<Item, Result>()
  const gradeOne = async (item: Item): Promise<void> => {
    const port = portOf(item)
    if (port !== null) busy.add(port)
    results.set(item, await grade(item))
    if (port !== null) busy.delete(port)
  }
  for (;;) {
    const isFull = running.size >= jobs || signal.aborted
    const index = isFull ? -1 : waiting.findIndex((item) => !busy.has(portOf(item) ?? -1))
    const [next] = index === -1 ? [] : waiting.splice(index, 1)
    if (next !== undefined) {
      const task: Promise<void> = gradeOne(next).finally(() => running.delete(task))
      running.add(task)
    } else if (running.size > 0) await Promise.race(running)
    else break
  }
  return items.flatMap((item) => {
    const result = results.get(item)
    return result === undefined ? [] : [result]
  })
}
