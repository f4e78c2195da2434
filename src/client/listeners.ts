/** Calls what belongs to the host. What that throws breaks nothing here: the host gets it as an error nobody caught. */
export function tellHost(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Those who want to hear of something. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>()

  /** The answer ends it. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that one function added twice is two listeners.
    const entry = (value: T): void => listener(value)
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  tell(value: T): void {
    for (const listener of this.#listeners) tellHost(() => listener(value))
  }
}
