/** The games that one session watches; bounded. */
import type { Listener, WatchedGame } from '../audience/audience.ts'

export class WatchList {
  readonly #listener: Listener
  readonly max: number
  /** In the order in which they were added. */
  readonly #sources = new Map<string, WatchedGame>()
  /** The games of unanswered requests, one entry per request. There are few, so an array is the cheapest. */
  #reserved: string[] = []

  constructor(listener: Listener, max: number) {
    this.#listener = listener
    this.max = max
  }

  get size(): number {
    return this.#sources.size
  }

  /**
   * Reserves a place for the game `id` before it is known whether it will be watched. Removes a finished game to make
   * room. Returns false if there is no place. The caller gives each reserved place back with {@link release}.
   */
  reserve(id: string): boolean {
    if (this.#sources.size + this.#reserved.length >= this.max && !this.#fits(id) && !this.#makeRoom()) return false
    this.#reserved.push(id)
    return true
  }

  /**
   * True if a request that reserved a place for this game still waits, and the client has not unwatched the game since.
   */
  isReserved(id: string): boolean {
    return this.#reserved.includes(id)
  }

  /** The request is answered: the game was added, or will not be. */
  release(id: string): void {
    const index = this.#reserved.indexOf(id)
    if (index >= 0) this.#reserved.splice(index, 1)
  }

  add(source: WatchedGame): void {
    this.#sources.set(source.id, source)
  }

  /** Stops watching the game. Also cancels requests to watch it that are not answered yet. */
  remove(id: string): void {
    if (this.#reserved.length > 0) this.#reserved = this.#reserved.filter((reserved) => reserved !== id)
    const source = this.#sources.get(id)
    this.#sources.delete(id)
    source?.unlisten(this.#listener)
  }

  recognise(): void {
    for (const source of this.#sources.values()) source.recognise()
  }

  clear(): void {
    for (const id of [...this.#sources.keys()]) this.remove(id)
  }

  /** Requests for the same game share a place. */
  #fits(id: string): boolean {
    const reserved = new Set(this.#reserved)
    return this.#sources.has(id) || reserved.has(id) || this.#sources.size + reserved.size < this.max
  }

  #makeRoom(): boolean {
    for (const source of this.#sources.values()) {
      if (source.game?.outcome === null) continue
      this.remove(source.id)
      return true
    }
    return false
  }
}
