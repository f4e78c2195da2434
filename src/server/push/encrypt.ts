/** Encrypts a push message for one browser (RFC 8291), so that the push service between can neither read nor change it. */
import { webcrypto } from 'node:crypto'

/** What a browser publishes with its subscription, in base64url. */
export interface Receiver {
  /** Its public key, a point of P-256. */
  readonly p256dh: string
  /** Its secret, 16 bytes. */
  readonly auth: string
}

/** What is fresh for each message. */
export interface MessageKeys {
  readonly keys: webcrypto.CryptoKeyPair
  /** 16 bytes. */
  readonly salt: Uint8Array<ArrayBuffer>
}

const { subtle } = webcrypto
const curve = { name: 'ECDH', namedCurve: 'P-256' } as const

/** The size of a record, which the header names: a push message is one record. */
const recordBytes = 4_096
/** Marks the end of the text in the last record; zeros follow. */
const lastDelimiter = 2

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))

async function makeFreshKeys(): Promise<MessageKeys> {
  const keys = await subtle.generateKey(curve, true, ['deriveBits'])
  return { keys, salt: webcrypto.getRandomValues(new Uint8Array(16)) }
}

/**
 * The body of the request to the push service. The text is padded to `paddedBytes`, so that its length tells nothing.
 * Rejects if the public key is not a point of the curve.
 */
export async function encrypt(
  { p256dh, auth }: Receiver,
  text: string,
  paddedBytes: number,
  fresh?: MessageKeys,
): Promise<Uint8Array<ArrayBuffer>> {
  const theirs = new Uint8Array(Buffer.from(p256dh, 'base64url'))
  const theirKey = await subtle.importKey('raw', theirs, curve, false, [])
  const { keys, salt } = fresh ?? (await makeFreshKeys())
  const ours = new Uint8Array(await subtle.exportKey('raw', keys.publicKey))
  const shared = await subtle.deriveBits({ ...curve, public: theirKey }, keys.privateKey, 256)
  const info = Buffer.concat([bytesOf('WebPush: info\0'), theirs, ours])
  const secret = await derive(new Uint8Array(shared), new Uint8Array(Buffer.from(auth, 'base64url')), info, 32)
  const key = await derive(secret, salt, bytesOf('Content-Encoding: aes128gcm\0'), 16)
  const iv = await derive(secret, salt, bytesOf('Content-Encoding: nonce\0'), 12)
  const plain = new Uint8Array(Math.max(Buffer.byteLength(text), paddedBytes) + 1)
  plain.set(bytesOf(text))
  plain[Buffer.byteLength(text)] = lastDelimiter
  const cipher = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt'])
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, cipher, plain)
  const sizes = Buffer.alloc(5)
  sizes.writeUInt32BE(recordBytes)
  sizes.writeUInt8(ours.length, 4)
  return new Uint8Array(Buffer.concat([salt, sizes, ours, new Uint8Array(sealed)]))
}

/** HKDF with SHA-256 (RFC 5869). */
async function derive(
  secret: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, bytes * 8))
}
