/** Who proves to be which account: signed tokens, no state on the server. */
import type { Account } from '../../game/index.ts'

export interface Tokens {
  /** A token that proves `account` until it expires. */
  make(account: Account): Promise<string>
  /** The account a token proves. @throws Fault 'bad-token' if it is forged, expired or not a token. */
  check(token: string): Promise<Account>
}
