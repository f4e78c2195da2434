/** Bytes to a server and back: one connection, from the first byte to the end. */
import { connect, type Socket } from 'node:net'
import { type Random } from '../../src/base/index.ts'

export interface Place {
  readonly host: string
  readonly port: number
}

export interface Talk {
  /** Everything that came back. */
  readonly got: Buffer
  /** Whether the server closed the connection. */
  readonly isOver: boolean
}

export interface TalkOptions {
  /** How the bytes are cut, in order; what is left over goes last. */
  readonly pieces?: (left: number) => number
  /** Whether our half is closed behind the last byte. */
  readonly ends?: boolean
  readonly patienceMs?: number
  /** The address it comes from. */
  readonly from?: string
}

/** Longer than any answer takes on a loaded machine. */
const patienceMs = 10_000

/** Pieces of so many bytes each. */
export const piecesOf = (bytes: number) => (): number => bytes

/** Pieces of 1 to 64 bytes. */
export const randomPieces = (random: Random) => (): number => 1 + random.below(64)

let local = 0
/** Loopback has many addresses: a port of one that has just closed does not stand in the way of the next. */
function nextLocal(): string {
  local = (local + 1) % 60_000
  return `127.1.${Math.floor(local / 250)}.${1 + (local % 250)}`
}

/** Says all of it, closes its half, and hears until the other side closes too. */
export async function talk(place: Place, bytes: Buffer, options: TalkOptions = {}): Promise<Talk> {
  const { ends = true, pieces, from = nextLocal() } = options
  const socket = connect({ host: place.host, port: place.port, noDelay: true, localAddress: from })
  const got: Buffer[] = []
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => over.resolve(false), options.patienceMs ?? patienceMs)
  socket.on('data', (chunk: Buffer) => got.push(chunk))
  socket.on('error', () => {})
  socket.on('close', () => over.resolve(true))
  if (pieces === undefined) {
    if (ends) socket.end(bytes)
    else socket.write(bytes)
  } else await writePieces(socket, bytes, pieces, ends)
  const isOver = await over.promise
  clearTimeout(timer)
  socket.resetAndDestroy()
  return { got: Buffer.concat(got), isOver }
}

/** Each piece is a packet of its own, as far as anybody can make sure of that. */
async function writePieces(
  socket: Socket,
  bytes: Buffer,
  pieces: NonNullable<TalkOptions['pieces']>,
  ends: boolean,
): Promise<void> {
  for (let start = 0; start < bytes.length && socket.writable;) {
    const end = Math.min(bytes.length, start + pieces(bytes.length - start))
    const piece = bytes.subarray(start, end)
    await new Promise<unknown>((resolve) => socket.write(piece, resolve))
    await new Promise(setImmediate)
    start = end
  }
  if (ends && socket.writable) socket.end()
}
