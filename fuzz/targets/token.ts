/** Fuzzes the check of tokens: only a token that the server issued may be accepted. */
import { VirtualClock } from '../../src/base/index.ts'
import type { Account } from '../../src/game/index.ts'
import { Fault } from '../../src/protocol/index.ts'
import { openTokens } from '../../src/service/sessions/jwt-tokens.ts'
import type { Tokens } from '../../src/service/index.ts'
import { type Attack, FuzzFinding, type Target } from '../lib/target.ts'

const secret = new Uint8Array(32).fill(7)
const clock = new VirtualClock(1_790_000_000_000)

/** The account of the valid token. */
const owner: Account = { id: 'kQ3xzzzzzzzzzzzzzzzzzz', name: 'Quiet Otter' }

export const tokenTarget: Target = {
  name: 'token',
  about: 'the check of a token',
  words: [
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImZ1enoifQ', 'eyJhbGciOiJub25lIn0', 'eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoiZnV6eiJ9',
    'eyJhbGciOiJSUzI1NiJ9', 'e30', '.', '..', '=', '==', '+', '/', '-', '_', 'A', 'AAAA', 'eyJ',
  ], // prettier-ignore
  plants: { unsigned: 'a token with the algorithm "none" is accepted' },
  open: async (plant) => {
    const tokens = openTokens({ keys: [{ id: 'fuzz', secret }], clock })
    return new TokenAttack(tokens, await tokens.make(owner), plant === null ? tokens : trustAlgorithm(tokens))
  },
}

class TokenAttack implements Attack {
  readonly #tokens: Tokens
  readonly #good: string
  readonly #checked: Tokens

  constructor(tokens: Tokens, good: string, checked: Tokens) {
    this.#tokens = tokens
    this.#good = good
    this.#checked = checked
  }

  async give(input: Buffer): Promise<() => string> {
    const kind = await this.#judge(input)
    return () => kind
  }

  async #judge(input: Buffer): Promise<string> {
    // The word GOOD in an input stands for the valid token, so that inputs contain variations of it.
    const text = input.toString('latin1').replace('GOOD', this.#good)
    try {
      const account = await this.#checked.check(text)
      if (text !== this.#good) throw new FuzzFinding(`a token that was never made is ${JSON.stringify(account)}`)
      return 'good'
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      if (cause.fault !== 'bad-token') throw new FuzzFinding(`refused with ${cause.fault}`)
      return cause.message
    }
  }

  async serve(): Promise<void> {
    const { id } = await this.#tokens.check(this.#good)
    if (id !== owner.id) throw new FuzzFinding('a valid token belongs to another account')
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Takes the algorithm from the token itself, as some libraries once did. */
function trustAlgorithm(tokens: Tokens): Tokens {
  return {
    make: (account) => tokens.make(account),
    async check(token) {
      const [head = '', payload = ''] = token.split('.')
      if (/"alg" *: *"none"/i.test(Buffer.from(head, 'base64url').toString())) {
        const claims: unknown = parseOr(Buffer.from(payload, 'base64url').toString())
        if (typeof claims === 'object' && claims !== null && 'sub' in claims)
          return { id: String(claims.sub), name: '' }
      }
      return tokens.check(token)
    },
  }
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
