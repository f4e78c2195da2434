/**
 * Limits how many games of one owner have a place. The key is an owner or an address; its oldest games have the places.
 */
export class OwnerCap {
  readonly #max: number
  readonly #lines = new Map<string, Line>()
  readonly #keyOf = new Map<string, string>()

  /** `max`: games of one key that have a place. */
  constructor(max: number) {
    this.#max = max
  }

  /** Adds a game. Returns whether it has a place; if not, a later {@link leave} returns it when it gets one. */
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

  /** Removes a game. Returns the game that gets its place; undefined if there is none. */
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
