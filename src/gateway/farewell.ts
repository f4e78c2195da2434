/** The end of a socket whose last words must arrive. */
import type { Duplex } from 'node:stream'
import type { Wheel } from './wheel.ts'

/**
 * Sends `words` and closes our half; what still arrives is thrown away, because closing on unread bytes resets the
 * connection and with it the words. Destroyed `patienceMs` later if the other side has not closed its half by then.
 */
export function bidFarewell(socket: Duplex, words: string, wheel: Wheel, patienceMs: number): void {
  socket.end(words)
  socket.resume()
  const patience = wheel.after(patienceMs, () => socket.destroy())
  socket.once('close', () => patience.cancel())
}
