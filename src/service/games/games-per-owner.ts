/** The games that count for each owner, which is an address or an account. */
export class GamesPerOwner {
  readonly #max: number
  readonly #games = new Map<string, Set<string>>()

  /** `max`: games per owner; 0: unlimited, and nothing is recorded. */
  constructor(max: number) {
    this.#max = max
  }

  isFull(owner: string): boolean {
    return this.#max > 0 && (this.#games.get(owner)?.size ?? 0) >= this.#max
  }

  enter(owner: string, game: string): void {
    if (this.#max === 0) return
    const games = this.#games.get(owner) ?? new Set()
    this.#games.set(owner, games.add(game))
  }

  leave(owner: string, game: string): void {
    const games = this.#games.get(owner)
    games?.delete(game)
    if (games?.size === 0) this.#games.delete(owner)
  }

  /** Returns up to `count` games of an owner and moves them to the end: the next call returns other games. */
  next(owner: string, count: number): readonly string[] {
    const games = this.#games.get(owner)
    if (games === undefined) return []
    const some: string[] = []
    for (const game of games) if (some.push(game) === count) break
    for (const game of some) {
      games.delete(game)
      games.add(game)
    }
    return some
  }
}
