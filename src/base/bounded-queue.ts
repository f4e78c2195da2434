/** A first-in, first-out line with a fixed bound; both ends in constant time. */
export class BoundedQueue<T> {
  readonly #max: number
  #items: (T | undefined)[] = []
  #head = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** False when the line is full: the item was not taken. */
  push(item: T): boolean {
    if (this.size >= this.#max) return false
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
