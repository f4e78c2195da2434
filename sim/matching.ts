/** Bipartite matching: assigns each item a candidate of its own. */

/**
 * Returns the items without a candidate in a maximum matching, computed by
 * augmenting paths (Kuhn's algorithm). A matched item stays matched, so of two rivals the later one remains.
 */
export function findUnmatched<Item, Candidate>(
  items: readonly Item[],
  fitting: (item: Item) => readonly Candidate[],
): readonly Item[] {
  const takenBy = new Map<Candidate, Item>()
  const fits = new Map(items.map((item) => [item, fitting(item)]))
  /** Finds a candidate for `item`, moving other items to other candidates if necessary. `tried` prevents cycles. */
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
