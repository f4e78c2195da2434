/** Lets the event loop serve everything else that is ready, then goes on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
