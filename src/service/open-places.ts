/** The places in the lobby of those who wait: of one owner only so many games are shown, the oldest. */
export class OpenPlaces {
  readonly #max: number
  /** The games that an owner waits in, oldest first. */
  readonly #ofOwner = new Map<string, string[]>()
  readonly #ownerOf = new Map<string, string>()

  /** `max`: games of one owner that may be shown. */
  constructor(max: number) {
    this.#max = max
  }

  /** The game waits. Whether it may be shown; if not, {@link leave} tells when. */
  enter(game: string, owner: string): boolean {
    const games = this.#ofOwner.get(owner) ?? []
    if (!this.#ownerOf.has(game)) {
      this.#ownerOf.set(game, owner)
      this.#ofOwner.set(owner, games)
      games.push(game)
    }
    return games.indexOf(game) < this.#max
  }

  /** The game waits no more. The one that may be shown in its place, if there is one. */
  leave(game: string): string | undefined {
    const owner = this.#ownerOf.get(game)
    if (owner === undefined) return undefined
    this.#ownerOf.delete(game)
    const games = this.#ofOwner.get(owner) ?? []
    const index = games.indexOf(game)
    games.splice(index, 1)
    if (games.length === 0) this.#ofOwner.delete(owner)
    return index < this.#max ? games[this.#max - 1] : undefined
  }
}
