/** The games that one session hears of; bounded. */
import type { Listener, Source } from './audience.ts'

export class WatchList {
  readonly #listener: Listener
  readonly max: number
  /** In the order in which they were entered. */
  readonly #sources = new Map<string, Source>()
  /** Places of requests that are not answered yet: how many requests share one. */
  readonly #reserved = new Map<string, number>()

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
    const isNew = !this.#sources.has(id) && !this.#reserved.has(id)
    if (isNew && this.#sources.size + this.#reserved.size >= this.max && !this.#makeRoom()) return false
    this.#reserved.set(id, (this.#reserved.get(id) ?? 0) + 1)
    return true
  }

  /** Whether a request that took a place for this game still waits, and nobody has taken its wish back since. */
  isReserved(id: string): boolean {
    return this.#reserved.has(id)
  }

  /** The request has its answer: the game was added, or is not to be. */
  release(id: string): void {
    const sharing = (this.#reserved.get(id) ?? 0) - 1
    if (sharing > 0) this.#reserved.set(id, sharing)
    else this.#reserved.delete(id)
  }

  add(source: Source): void {
    this.#sources.set(source.id, source)
  }

  /** Also what was asked before and is not answered yet comes to nothing. */
  remove(id: string): void {
    this.#reserved.delete(id)
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

  #makeRoom(): boolean {
    for (const source of this.#sources.values()) {
      if (source.game?.outcome === null) continue
      this.remove(source.id)
      return true
    }
    return false
  }
}
