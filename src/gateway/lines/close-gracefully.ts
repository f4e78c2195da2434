/** Closes a socket so that its last message arrives. */
import type { Duplex } from 'node:stream'
import type { GatewayContext } from '../shared.ts'

/**
 * Sends `message` and closes our half. Discards what still arrives, because closing with unread bytes resets the connection
 * and may lose the message. Destroys the socket
 *
 * - if the peer has not read the message within `slowReaderMs`;
 * - if it has read it, but not closed its half within `drainMs`;
 * - if it has read it and sent nothing for `quietMs`: people with `nc` leave their half open.
 */
export function closeGracefully(
  socket: Duplex,
  message: string,
  { wheel, limits }: Pick<GatewayContext, 'wheel' | 'limits'>,
  quietMs = Infinity,
): void {
  const destroy = (): void => void socket.destroy()
  let timer = wheel.after(limits.slowReaderMs, destroy)
  let remainingMs = limits.drainMs
  let isQuiet = true
  const watchPeer = (): void => {
    const ms = Math.min(remainingMs, quietMs)
    timer = wheel.after(ms, () => {
      remainingMs -= ms
      if (isQuiet || remainingMs <= 0) return destroy()
      isQuiet = true
      watchPeer()
    })
  }
  socket.once('finish', () => {
    timer.cancel()
    watchPeer()
  })
  socket.once('close', () => timer.cancel())
  socket.on('data', () => (isQuiet = false))
  socket.end(message)
  socket.resume()
}
