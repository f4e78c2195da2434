/** Tokens that prove an account: they are signed, so the server keeps no state. */
import type { Account } from '../../game/index.ts'

export interface Tokens {
  /** Makes a token that proves `account` until it expires. */
  make(account: Account): Promise<string>
  /** Returns the account that a token proves. @throws Fault 'bad-token' if it is forged, expired or not a token. */
  check(token: string): Promise<Account>
}
