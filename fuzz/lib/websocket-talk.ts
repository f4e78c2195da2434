/** A WebSocket client that sends raw frames and returns all received frames. */
import { type Frame, parseFrames } from './judge.ts'
import { talk } from './raw-conversation.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'

/** The upgrade request without its final empty line. */
export const upgradeHead =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
export const upgradeToWebSocket = `${upgradeHead}\r\n`

/** A client's frame with the mask 0. `first` is its first byte: FIN, reserved bits and opcode. */
export function makeClientFrame(first: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload)
  const { length } = bytes
  const size =
    length < 126
      ? [0x80 | length]
      : length < 65_536
        ? [0xfe, length >> 8, length & 255]
        : [0xff, 0, 0, 0, 0, ...int32(length)]
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), bytes])
}

/**
 * Sends one text message and returns all frames. Ends our half without a close frame, which would prevent the answer.
 */
export async function exchange(place: Endpoint, message: string): Promise<readonly Frame[]> {
  return sendFrames(place, makeClientFrame(0x81, message))
}

/** Sends the bytes after the upgrade and returns every frame until the server closes. */
export async function sendFrames(place: Endpoint, bytes: Buffer, ends = true): Promise<readonly Frame[]> {
  const { got } = await talk(place, Buffer.concat([Buffer.from(upgradeToWebSocket), bytes]), { ends })
  const end = got.indexOf('\r\n\r\n') + 4
  if (!got.subarray(0, 16).equals(Buffer.from('HTTP/1.1 101 Swi')))
    throw new Error(`no upgrade: ${got.toString('latin1')}`)
  return parseFrames(got.subarray(end))
}

function int32(value: number): readonly number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]
}
