/** Sends bytes to a server on one connection and reads until the end. */
import type { Endpoint } from '../../src/conformance/endpoint.ts'
import type { Random } from '../../src/base/index.ts'
import { TestSocket } from '../../src/gateway/testing/socket.ts'

export interface RawConversation {
  /** All received bytes. */
  readonly got: Buffer
  /** True if the server closed the connection. */
  readonly isOver: boolean
}

export interface RawConversationOptions {
  /** The length of the next piece, given the number of bytes left. By default everything is one piece. */
  readonly pieces?: (left: number) => number
  /** Whether our half of the connection is closed after the last byte; the default. */
  readonly ends?: boolean
  readonly timeoutMs?: number
  /** The local address. */
  readonly from?: string
}

/** Timeout of a conversation; generous for a loaded machine. */
const defaultTimeoutMs = 10_000

/** Pieces of `bytes` bytes each. */
export const piecesOf = (bytes: number) => (): number => bytes

/** Pieces of 1 to 64 bytes. */
export const randomPieces = (random: Random) => (): number => 1 + random.below(64)

let local = 0
/** The next local loopback address, so that ports in TIME_WAIT do not block new connections. */
function nextLocal(): string {
  local = (local + 1) % 60_000
  return `127.1.${Math.floor(local / 250)}.${1 + (local % 250)}`
}

/** Sends all bytes, closes our half unless `ends` is false, and reads until the server closes too or the timeout. */
export async function talk(
  place: Endpoint,
  bytes: Buffer,
  options: RawConversationOptions = {},
): Promise<RawConversation> {
  const { ends = true, pieces, from = nextLocal() } = options
  const { host, port } = place
  const talking = TestSocket.at({ host, port, localAddress: from })
  const { socket } = talking
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => over.resolve(false), options.timeoutMs ?? defaultTimeoutMs)
  void talking.closed.then(() => over.resolve(true))
  if (pieces === undefined) socket.write(bytes)
  else await talking.writePieces(bytes, pieces)
  if (ends && socket.writable) socket.end()
  const isOver = await over.promise
  clearTimeout(timer)
  socket.resetAndDestroy()
  return { got: Buffer.from(talking.got, 'latin1'), isOver }
}
