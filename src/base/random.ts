/** The only interface through which the program gets random numbers. */
export interface Random {
  /** A whole number, uniform in [0, bound). `bound` is at least 1 and at most 2^32. */
  below(bound: number): number
  /** New random bytes. Only those of {@link systemRandom} are unpredictable. */
  bytes(length: number): Uint8Array
}

/** The cryptographic source of the host. */
export const systemRandom: Random = {
  below(bound) {
    // Rejection sampling keeps the draw uniform: numbers in the last, incomplete multiple of `bound` are drawn again.
    const end = 2 ** 32 - (2 ** 32 % bound)
    const word = new Uint32Array(1)
    for (;;) {
      crypto.getRandomValues(word)
      const draw = word[0] ?? 0
      if (draw < end) return draw % bound
    }
  },
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

/**
 * A source that is determined by a seed, for tests, bots and the simulation.
 * The generator is sfc32 of PractRand (Chris Doty-Humphrey, public domain), seeded with 12 warm-up rounds.
 */
export function seededRandom(seed: number): Random {
  let a = seed | 0
  let b = 0x9e3779b9 | 0
  let c = 0x243f6a88 | 0
  let counter = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) next()
  return {
    below: (bound) => Math.floor((next() / 2 ** 32) * bound),
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** An id of 22 URL-safe base-64 characters with 131 random bits. It begins with a letter, so it never looks like a flag. */
export function makeId(random: Random): string {
  let id = ''
  for (const byte of random.bytes(22)) id += alphabet.charAt(byte & (id === '' ? 31 : 63))
  return id
}
