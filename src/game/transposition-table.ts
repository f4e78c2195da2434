/** A transposition table of fixed size: stores scores of positions; a newer entry replaces an older one in its slot. */
export type Bound = 'exact' | 'least' | 'most'

const exact = 1
const least = 2
const most = 3
const codes = { exact, least, most } as const

export class TranspositionTable {
  readonly #shift: number
  readonly #keys: Int32Array
  readonly #scores: Int8Array
  /** 0 marks an empty slot. */
  readonly #bounds: Uint8Array

  /** @param bits the table has 2^bits slots of 6 bytes. */
  constructor(bits: number) {
    this.#shift = 32 - bits
    this.#keys = new Int32Array(2 ** bits)
    this.#scores = new Int8Array(2 ** bits)
    this.#bounds = new Uint8Array(2 ** bits)
  }

  /** A score that decides a search between `alpha` and `beta`; null if none is stored. */
  find(key: number, alpha: number, beta: number): number | null {
    const slot = this.#slot(key)
    const bound = this.#bounds[slot] ?? 0
    if (bound === 0 || this.#keys[slot] !== key) return null
    const score = this.#scores[slot] ?? 0
    const isSettled = bound === exact || (bound === least ? score >= beta : score <= alpha)
    return isSettled ? score : null
  }

  /** @param bound whether the true score is equal to `score`, at least `score` or at most `score`. */
  keep(key: number, score: number, bound: Bound): void {
    const slot = this.#slot(key)
    this.#keys[slot] = key
    this.#scores[slot] = score
    this.#bounds[slot] = codes[bound]
  }

  /** Fibonacci hashing: the high bits of the product depend on all bits of the key. */
  #slot(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> this.#shift
  }
}
