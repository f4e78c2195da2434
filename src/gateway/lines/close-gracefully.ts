/** The end of a socket whose last words must arrive. */
import type { Duplex } from 'node:stream'
import type { Shared } from '../shared.ts'

/**
 * Sends `words` and closes our half; what still arrives is thrown away, because closing on unread bytes resets the
 * connection and with it the words. Destroyed when it takes the other side longer than a slow reader may to read them,
 * or then longer than `drainMs` to close its half; `quietMs`: or where nothing has arrived for so long, because people with
 * `nc` leave their half open.
 */
export function closeGracefully(
  socket: Duplex,
  words: string,
  { wheel, limits }: Pick<Shared, 'wheel' | 'limits'>,
  quietMs = Infinity,
): void {
  const destroy = (): void => void socket.destroy()
  let slowReaderTimer = wheel.after(limits.slowReaderMs, destroy)
  let leftMs = limits.drainMs
  let isQuiet = true
  const wait = (): void => {
    const ms = Math.min(leftMs, quietMs)
    slowReaderTimer = wheel.after(ms, () => {
      leftMs -= ms
      if (isQuiet || leftMs <= 0) return destroy()
      isQuiet = true
      wait()
    })
  }
  socket.once('finish', () => {
    slowReaderTimer.cancel()
    wait()
  })
  socket.once('close', () => slowReaderTimer.cancel())
  socket.on('data', () => (isQuiet = false))
  socket.end(words)
  socket.resume()
}
