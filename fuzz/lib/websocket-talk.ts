/** A WebSocket by hand: frames as bytes, and what came back until the end. */
import { type Frame, parseFrames } from './judge.ts'
import { type Place, talk } from './talk.ts'

/** The upgrade, without its empty line. */
export const upgradeHead =
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
export const upgrade = `${upgradeHead}\r\n`

/** A client's frame with the mask 0; `first`: FIN, reserved bits and opcode. */
export function makeFrame(first: number, payload: Buffer | string = ''): Buffer {
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

/** One text message. Whoever closes at once hears no answer, so our half of the socket ends without a word. */
export async function exchange(place: Place, message: string): Promise<readonly Frame[]> {
  return say(place, makeFrame(0x81, message))
}

/** Says the bytes behind the upgrade and hears every frame until the server closes. */
export async function say(place: Place, bytes: Buffer, ends = true): Promise<readonly Frame[]> {
  const { got } = await talk(place, Buffer.concat([Buffer.from(upgrade), bytes]), { ends })
  const end = got.indexOf('\r\n\r\n') + 4
  if (!got.subarray(0, 16).equals(Buffer.from('HTTP/1.1 101 Swi')))
    throw new Error(`no upgrade: ${got.toString('latin1')}`)
  return parseFrames(got.subarray(end))
}

function int32(value: number): readonly number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]
}
