/** NATS accounts as the tool `nsc` makes them: an operator signs accounts, accounts sign users. */
import { nkeys } from '@nats-io/nats-core'

type Keys = ReturnType<typeof nkeys.createUser>

interface Claims {
  /** Signs the claims. */
  readonly by: Keys
  readonly of: Keys
  readonly nats: object
  /** Validity in seconds from now; negative for an expired token. */
  readonly lasts?: number
}

function makeJwt({ by, of, nats, lasts }: Claims): string {
  const now = Math.floor(Date.now() / 1_000)
  const subject = of.getPublicKey()
  const claims = { jti: crypto.randomUUID(), iat: now, iss: by.getPublicKey(), sub: subject, name: subject, nats }
  const text = [{ typ: 'JWT', alg: 'ed25519-nkey' }, lasts === undefined ? claims : { ...claims, exp: now + lasts }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${Buffer.from(by.sign(Buffer.from(text))).toString('base64url')}`
}

const unlimited = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true }
const unlimitedStreams = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }

/** One operator with two accounts: one for games, and the system account of the servers. */
export class NatsAccounts {
  readonly #operator = nkeys.createOperator()
  readonly #games = nkeys.createAccount()
  readonly #system = nkeys.createAccount()

  /** Configuration of a server, which replaces its `authorization` block. */
  get config(): string {
    const [games, system] = [this.#games, this.#system].map((account) => account.getPublicKey())
    const type = { type: 'operator', version: 2 }
    return [
      `operator: ${makeJwt({ by: this.#operator, of: this.#operator, nats: type })}`,
      `system_account: ${system}`,
      'resolver: MEMORY',
      'resolver_preload: {',
      `  ${games}: ${this.#account(this.#games, unlimitedStreams)}`,
      `  ${system}: ${this.#account(this.#system, {})}`,
      '}',
    ].join('\n')
  }

  /** The content of a credentials file for a new user of the games account. */
  makeCreds(lasts?: number): string {
    const user = nkeys.createUser()
    const nats = { type: 'user', version: 2, subs: -1, data: -1, payload: -1 }
    const jwt = makeJwt({ by: this.#games, of: user, nats, ...(lasts === undefined ? {} : { lasts }) })
    const seed = Buffer.from(user.getSeed()).toString()
    return [
      `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------`,
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
    ].join('\n\n')
  }

  #account(of: Keys, streams: object): string {
    const nats = { type: 'account', version: 2, limits: { ...unlimited, ...streams } }
    return makeJwt({ by: this.#operator, of, nats })
  }
}
