/** A push service for tests: it takes messages as a real one does, and reads them as the browser of the device would. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDecipheriv, createECDH, createHmac, type ECDH, hkdfSync, randomBytes } from 'node:crypto'
import { importJWK, jwtVerify } from 'jose'
import { systemClock } from '../../base/index.ts'

/** A message as the device reads it, with what the push service was told. */
export interface Received {
  readonly path: string
  readonly text: string
  readonly ttl: string
  readonly urgency: string
  readonly topic: string
  /** The claims of the proof, whose signature is right. */
  readonly claims: { readonly aud?: unknown; readonly exp?: number; readonly sub?: string }
  readonly key: string
}

export interface Device {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

/** How a request is answered; by default with 201. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => void

export class TestPushService {
  readonly #server: Server
  readonly #devices = new Map<string, { readonly pair: ECDH; readonly auth: Buffer }>()
  readonly received: Received[] = []
  /** The paths of all requests, also those that were refused. */
  readonly asked: string[] = []
  answering: Answering = (_request, response) => void response.writeHead(201).end()

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => void this.#take(request, response))
  }

  static async open(): Promise<TestPushService> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TestPushService(server)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** A new device of this service. */
  register(): Device {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    const auth = randomBytes(16)
    const path = `/device/${randomBytes(12).toString('base64url')}`
    this.#devices.set(path, { pair, auth })
    const [p256dh, secret] = [pair.getPublicKey(), auth].map((bytes) => bytes.toString('base64url'))
    return { endpoint: this.origin + path, p256dh: p256dh ?? '', auth: secret ?? '' }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    this.asked.push(path)
    const device = this.#devices.get(path)
    if (device === undefined) return void response.writeHead(404).end()
    const { key, claims } = await verifyProof(headers.authorization ?? '')
    this.received.push({
      path,
      text: decrypt(device.pair, device.auth, Buffer.concat(chunks)),
      ...{ ttl: String(headers['ttl']), urgency: String(headers['urgency']), topic: String(headers['topic']) },
      ...{ key, claims },
    })
    this.answering(request, response)
  }
}

/** Checks a proof (RFC 8292) and returns what it claims. @throws if the signature is wrong */
export async function verifyProof(
  header: string,
  wall = systemClock.wall(),
): Promise<Pick<Received, 'key' | 'claims'>> {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=([\w-]+)$/.exec(header) ?? []
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const jwk = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256')
  // oxlint-disable-next-line no-restricted-globals -- the clock's time, in the form that jose takes
  const { payload } = await jwtVerify(token, jwk, { algorithms: ['ES256'], currentDate: new Date(wall) })
  return { key, claims: payload as Received['claims'] }
}

/** Reads a message (RFC 8291) with other functions than those that made it. @throws if it was changed */
export function decrypt(pair: ECDH, auth: Buffer, body: Buffer): string {
  const [salt, length] = [body.subarray(0, 16), body.readUInt8(20)]
  const [theirs, sealed] = [body.subarray(21, 21 + length), body.subarray(21 + length)]
  const shared = createHmac('sha256', auth).update(pair.computeSecret(theirs)).digest()
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), theirs, Buffer.from([1])])
  const secret = createHmac('sha256', shared).update(info).digest()
  const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
  const iv = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
  const decipher = createDecipheriv('aes-128-gcm', key, iv)
  decipher.setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  return plain.subarray(0, plain.lastIndexOf(2)).toString()
}
