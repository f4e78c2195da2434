/**
 * Tokens as JSON Web Tokens (RFC 7519), signed with HMAC-SHA-256. They need no state: any node with the key can check
 * them.
 */
import { assert, type Clock } from '../../base/index.ts'
import type { Account } from '../../game/index.ts'
import { Fault, limits } from '../../protocol/index.ts'
import type { Tokens } from './tokens.ts'

// Loaded with the first token, so that a server starts faster.
const loadJose = () => import('jose')

export interface TokenKey {
  /** The `kid` in the token's header. Never reuse it for another secret. */
  readonly id: string
  /** At least 32 bytes, from a cryptographic source. */
  readonly secret: Uint8Array
}

export interface TokenOptions {
  /**
   * The first key signs, all verify. To change keys, put the new one first and keep the old one until its tokens have
   * expired.
   */
  readonly keys: readonly TokenKey[]
  readonly clock: Clock
  readonly lifeMs?: number
}

const algorithm = 'HS256'
const typ = 'JWT'
const issuer = 'oxo'
const secretBytesMin = 32

/**
 * Three parts of base64url. The last part is 32 bytes, so two bits of its last character carry no information. They
 * must be zero, so that no two texts are the same token.
 */
const shape = /^[\w-]{1,1024}\.[\w-]{1,1024}\.[\w-]{42}[AEIMQUYcgkosw048]$/

export function openTokens({ keys, clock, lifeMs = limits.tokenMs }: TokenOptions): Tokens {
  const [signing] = keys
  assert(signing !== undefined, 'tokens need at least one key')
  for (const { id, secret } of keys)
    assert(
      secret.length >= secretBytesMin,
      `the secret of key ${id} has fewer than ${secretBytesMin} bytes: create a longer one`,
    )
  const secrets = new Map(keys.map(({ id, secret }) => [id, secret]))
  assert(secrets.size === keys.length, 'two keys have the same id: give each its own')

  return {
    async make({ id, name }) {
      const { SignJWT } = await loadJose()
      const now = clock.wall()
      return new SignJWT({ name })
        .setProtectedHeader({ alg: algorithm, typ, kid: signing.id })
        .setIssuer(issuer)
        .setSubject(id)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(Math.floor((now + lifeMs) / 1000))
        .sign(signing.secret)
    },

    async check(token) {
      if (!shape.test(token)) throw new Fault('bad-token')
      const { errors, jwtVerify } = await loadJose()
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => secretOf(secrets, kid), {
          algorithms: [algorithm],
          typ,
          issuer,
          requiredClaims: ['sub', 'name', 'iat', 'exp'],
          // oxlint-disable-next-line no-restricted-globals -- the clock's time, in the form that jose takes
          currentDate: new Date(clock.wall()),
        })
        return accountOf(payload)
      } catch (cause) {
        // Any error that jose throws for the client's text means: not a valid token.
        const message = cause instanceof errors.JWTExpired ? 'the token has expired' : undefined
        throw new Fault('bad-token', message, { cause })
      }
    },
  }
}

function secretOf(secrets: ReadonlyMap<string, Uint8Array>, kid: string | undefined): Uint8Array {
  const secret = kid === undefined ? undefined : secrets.get(kid)
  if (secret === undefined) throw new Fault('bad-token')
  return secret
}

function accountOf({ sub, name }: { readonly sub?: unknown; readonly name?: unknown }): Account {
  if (typeof sub !== 'string' || typeof name !== 'string') throw new Fault('bad-token')
  return { id: sub, name }
}
