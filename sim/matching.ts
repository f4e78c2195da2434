/** Who goes with whom, when each may have one partner only. */

/**
 * The items for which nothing is left when as many as possible have a candidate of their own: a maximum matching by
 * augmenting paths (Kuhn's algorithm). An item keeps its place once it has one, so the later of two rivals is left over.
 */
export function findUnmatched<Item, Candidate>(
  items: readonly Item[],
  fitting: (item: Item) => readonly Candidate[],
): readonly Item[] {
  const takenBy = new Map<Candidate, Item>()
  const fits = new Map(items.map((item) => [item, fitting(item)]))
  /** Finds a place for `item`, moving others to places of their own if need be. `tried` ends the search. */
  const place = (item: Item, tried: Set<Candidate>): boolean => {
    for (const candidate of fits.get(item) ?? []) {
      if (tried.has(candidate)) continue
      tried.add(candidate)
      const holder = takenBy.get(candidate)
      if (holder !== undefined && !place(holder, tried)) continue
      takenBy.set(candidate, item)
      return true
    }
    return false
  }
  return items.filter((item) => !place(item, new Set()))
}
