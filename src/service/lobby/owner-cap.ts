/** Places that keys share out among games: of one key, an owner or an address, only so many have one, the oldest. */
export class OwnerCap {
  readonly #max: number
  readonly #lines = new Map<string, Line>()
  readonly #keyOf = new Map<string, string>()

  /** `max`: games of one key that have a place. */
  constructor(max: number) {
    this.#max = max
  }

  /** The game wants a place, or keeps it. Whether it has one; if not, {@link leave} tells when. */
  enter(game: string, key: string): boolean {
    const known = this.#keyOf.get(game)
    if (known !== undefined) return this.#lines.get(known)?.placed.has(game) ?? false
    const line = this.#lines.get(key) ?? { placed: new Set(), waiting: new Set() }
    const hasPlace = line.placed.size < this.#max
    ;(hasPlace ? line.placed : line.waiting).add(game)
    this.#lines.set(key, line)
    this.#keyOf.set(game, key)
    return hasPlace
  }

  /** The game wants none any more. The one that has its place now, if there is one. */
  leave(game: string): string | undefined {
    const key = this.#keyOf.get(game)
    const line = key === undefined ? undefined : this.#lines.get(key)
    if (key === undefined || line === undefined) return undefined
    this.#keyOf.delete(game)
    if (line.waiting.delete(game)) return undefined
    line.placed.delete(game)
    const [next] = line.waiting
    if (next !== undefined) {
      line.waiting.delete(next)
      line.placed.add(next)
    } else if (line.placed.size === 0) this.#lines.delete(key)
    return next
  }
}

/** The games of one key, oldest first. */
interface Line {
  readonly placed: Set<string>
  readonly waiting: Set<string>
}
