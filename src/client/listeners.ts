/**
 * Calls a function of the host. If it throws, the error is rethrown in a microtask, so it surfaces as an uncaught
 * error.
 */
export function tellHost(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** A set of listeners. */
export class ListenerList<T> {
  readonly #listeners = new Set<(value: T) => void>()

  /** The returned function removes the listener. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that one function added twice counts as two listeners.
    const entry = (value: T): void => listener(value)
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  tell(value: T): void {
    for (const listener of this.#listeners) tellHost(() => listener(value))
  }
}
