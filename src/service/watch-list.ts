/** The games that one session hears of; bounded. */
import type { Listener, Source } from './audience.ts'

export class WatchList {
  readonly #listener: Listener
  readonly #max: number
  /** In the order in which they were entered. */
  readonly #sources = new Map<string, Source>()

  constructor(listener: Listener, max: number) {
    this.#listener = listener
    this.#max = max
  }

  get size(): number {
    return this.#sources.size
  }

  /** Whether one more fits. A game that is over makes room for it. */
  hasRoom(id: string): boolean {
    if (this.#sources.size < this.#max || this.#sources.has(id)) return true
    for (const source of this.#sources.values()) {
      if (source.game?.outcome === null) continue
      this.remove(source.id)
      return true
    }
    return false
  }

  add(source: Source): void {
    this.#sources.set(source.id, source)
  }

  remove(id: string): void {
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
}
