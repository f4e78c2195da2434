/** The end of a socket whose last words must arrive. */
import type { Duplex } from 'node:stream'
import type { Shared } from './shared.ts'

/**
 * Sends `words` and closes our half; what still arrives is thrown away, because closing on unread bytes resets the
 * connection and with it the words. Destroyed when it takes the other side longer than a slow reader may to read them,
 * or then longer than `drainMs` to close its half.
 */
export function bidFarewell(socket: Duplex, words: string, { wheel, limits }: Pick<Shared, 'wheel' | 'limits'>): void {
  const destroy = (): void => void socket.destroy()
  let patience = wheel.after(limits.slowReaderMs, destroy)
  socket.once('finish', () => {
    patience.cancel()
    patience = wheel.after(limits.drainMs, destroy)
  })
  socket.once('close', () => patience.cancel())
  socket.end(words)
  socket.resume()
}
