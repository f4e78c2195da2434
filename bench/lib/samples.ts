/** Many measurements of one quantity. */
export class Samples {
  #values = new Float64Array(65_536)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(this.#size * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#size++] = value
  }

  clear(): void {
    this.#size = 0
  }

  /** The value that the share `part` of all values does not exceed; NaN if there are none. */
  quantile(part: number): number {
    const sorted = this.#values.slice(0, this.#size).sort()
    return sorted[Math.min(this.#size - 1, Math.ceil(this.#size * part) - 1)] ?? Number.NaN
  }
}

/** NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
