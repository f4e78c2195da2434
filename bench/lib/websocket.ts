/** The client side of RFC 6455 on a raw link, as far as a load generator needs it. */
import type { RawSocket, Links } from './link.ts'

export interface WebSocketWire {
  /** ASCII only. */
  sendText(message: string): void
  sendBytes(message: Uint8Array): void
}

/** A message: `data` from `start` to `end`, valid only during the call. */
interface Frame {
  readonly data: Buffer
  readonly start: number
  readonly end: number
}

/** Frames may arrive before `openWebSocket` resolves, so the handler gets the wire as well. */
export type FrameHandler = (frame: Frame, wire: WebSocketWire) => void

const opcodes = { text: 1, binary: 2, ping: 9, pong: 10 } as const
/** Any key except zero: servers may recognise zero and skip the unmasking. */
const mask = [0x37, 0xfa, 0x21, 0x3d] as const

export async function openWebSocket(links: Links, path: string, handle: FrameHandler): Promise<WebSocketWire> {
  const upgraded = Promise.withResolvers<void>()
  let rest: Buffer | null = null
  let isOpen = false
  const link: RawSocket = await links.open((chunk) => {
    let data = rest === null ? chunk : Buffer.concat([rest, chunk])
    if (!isOpen) {
      const end = data.indexOf('\r\n\r\n')
      if (end >= 0) {
        const status = data.toString('latin1', 0, 12)
        if (status !== 'HTTP/1.1 101') upgraded.reject(new Error(`no upgrade: ${data.toString('latin1', 0, 200)}`))
        isOpen = true
        data = data.subarray(end + 4)
        upgraded.resolve()
      }
    }
    const at = isOpen ? readFrames(data, onFrame) : 0
    rest = at === data.length ? null : Buffer.from(data.subarray(at))
  })
  const send = (opcode: number, payload: Uint8Array): void => void link.socket.write(makeFrame(opcode, payload))
  const wire: WebSocketWire = {
    sendText: (message) => send(opcodes.text, Buffer.from(message, 'latin1')),
    sendBytes: (message) => send(opcodes.binary, message),
  }
  const onFrame = (opcode: number, frame: Frame): void => {
    if (opcode === opcodes.ping) send(opcodes.pong, frame.data.subarray(frame.start, frame.end))
    else if (opcode <= opcodes.binary) handle(frame, wire)
  }
  link.socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${link.socket.remotePort}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  await upgraded.promise
  return wire
}

/** Handles all complete frames. Returns the offset of the first incomplete one. */
function readFrames(data: Buffer, onFrame: (opcode: number, frame: Frame) => void): number {
  let at = 0
  while (data.length - at >= 2) {
    const opcode = (data[at] ?? 0) & 15
    const short = (data[at + 1] ?? 0) & 127
    const header = short < 126 ? 2 : short === 126 ? 4 : 10
    if (data.length - at < header) break
    const length = short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : data.readUInt32BE(at + 6)
    const end = at + header + length
    if (end > data.length) break
    onFrame(opcode, { data, start: at + header, end })
    at = end
  }
  return at
}

function makeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const header = length < 126 ? 2 : 4
  const frame = Buffer.allocUnsafe(header + 4 + length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (length < 126 ? length : 126)
  if (header === 4) frame.writeUInt16BE(length, 2)
  for (let index = 0; index < 4; index++) frame[header + index] = mask[index] ?? 0
  const start = header + 4
  for (let index = 0; index < length; index++) frame[start + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0)
  return frame
}
