/**
 * The keys that prove to push services who sends (VAPID, RFC 8292). Each is derived from a token key, so they exist from the
 * first start, are the same on all nodes, and are in every backup.
 */
import { createECDH, hkdfSync } from 'node:crypto'
import type { Clock } from '../../base/index.ts'
import type { TokenKey } from '../../service/sessions/jwt-tokens.ts'

// Loaded with the first message.
const loadJose = () => import('jose')

/** The number of points of P-256. A private key is from 1 to one less. */
const order = 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n

/** How long a proof is valid and how long it is used, in ms. The standard allows a day. */
const proofMs = 12 * 3_600_000
const useMs = proofMs / 2
/** Proofs that are kept: one for each push service and key. */
const proofsMax = 64

export interface PushKey {
  /** The uncompressed point in base64url, as browsers take it for `applicationServerKey`. */
  readonly publicKey: string
  /** As a JSON Web Key. */
  readonly jwk: {
    readonly kty: 'EC'
    readonly crv: 'P-256'
    readonly x: string
    readonly y: string
    readonly d: string
  }
}

/** Derives a private key by more random bits than it has (FIPS 186-5, A.2.1), so that all keys are equally likely. */
export function derivePushKey(secret: Uint8Array): PushKey {
  const bits = Buffer.from(hkdfSync('sha256', secret, '', 'oxo push key', 48))
  const number = (BigInt(`0x${bits.toString('hex')}`) % (order - 1n)) + 1n
  const d = Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(d)
  const point = pair.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  return {
    publicKey: point.toString('base64url'),
    jwk: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '', d: d.toString('base64url') },
  }
}

interface Proof {
  readonly text: Promise<string>
  readonly until: number
}

export interface PushKeysOptions {
  readonly keys: readonly TokenKey[]
  readonly clock: Clock
  /** Where a push service reaches the operator: `mailto:` or `https:`. */
  readonly contact?: string | undefined
}

export class PushKeys {
  readonly #keys: ReadonlyMap<string, PushKey>
  readonly #clock: Clock
  readonly #contact: string | undefined
  readonly #proofs = new Map<string, Proof>()
  /** The public key for new subscriptions. */
  readonly publicKey: string

  constructor({ keys, clock, contact }: PushKeysOptions) {
    const derived = keys.map(({ secret }) => derivePushKey(secret))
    this.#keys = new Map(derived.map((key) => [key.publicKey, key]))
    this.publicKey = derived[0]?.publicKey ?? ''
    this.#clock = clock
    this.#contact = contact
  }

  /**
   * The `Authorization` header for a subscription that was made with `publicKey`, at a push service with this origin. Null if the
   * server has that key no longer.
   */
  async authorize(origin: string, publicKey: string): Promise<string | null> {
    const key = this.#keys.get(publicKey)
    if (key === undefined) return null
    const name = `${origin} ${publicKey}`
    const known = this.#proofs.get(name)
    if (known !== undefined && known.until > this.#clock.now()) return known.text
    const [oldest] = this.#proofs.keys()
    if (oldest !== undefined && this.#proofs.size >= proofsMax) this.#proofs.delete(oldest)
    const text = this.#prove(origin, key)
    this.#proofs.set(name, { text, until: this.#clock.now() + useMs })
    return text
  }

  async #prove(origin: string, { jwk, publicKey }: PushKey): Promise<string> {
    const { importJWK, SignJWT } = await loadJose()
    const token = await new SignJWT(this.#contact === undefined ? {} : { sub: this.#contact })
      .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
      .setAudience(origin)
      .setExpirationTime(Math.floor((this.#clock.wall() + proofMs) / 1000))
      .sign(await importJWK(jwk, 'ES256'))
    return `vapid t=${token}, k=${publicKey}`
  }
}
