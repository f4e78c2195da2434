/** A first-in, first-out queue with a fixed bound. Adding and removing take constant time. */
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

  /** Adds an item. False: the queue is full and the item was not added. */
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
