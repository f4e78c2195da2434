/** The games that one session hears of; bounded. */
import type { Listener, Source } from '../audience/audience.ts'

export class WatchList {
  readonly #listener: Listener
  readonly max: number
  /** In the order in which they were entered. */
  readonly #sources = new Map<string, Source>()
  /** The games of requests that are not answered yet, one entry each: few, so a list is the cheapest. */
  #reserved: string[] = []

  constructor(listener: Listener, max: number) {
    this.#listener = listener
    this.max = max
  }

  get size(): number {
    return this.#sources.size
  }

  /**
   * Takes a place for the game `id` before it is known whether it will be heard of. False: there is none. A game that is
   * over makes room. Each place that was taken is given back with {@link release}.
   */
  reserve(id: string): boolean {
    if (this.#sources.size + this.#reserved.length >= this.max && !this.#fits(id) && !this.#makeRoom()) return false
    this.#reserved.push(id)
    return true
  }

  /** Whether a request that took a place for this game still waits, and nobody has taken its wish back since. */
  isReserved(id: string): boolean {
    return this.#reserved.includes(id)
  }

  /** The request has its answer: the game was added, or is not to be. */
  release(id: string): void {
    const index = this.#reserved.indexOf(id)
    if (index >= 0) this.#reserved.splice(index, 1)
  }

  add(source: Source): void {
    this.#sources.set(source.id, source)
  }

  /** Also what was asked before and is not answered yet comes to nothing. */
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
