/** The account of this browser on the server of the page, stored for all its pages. */
import type { Account } from '../../game/index.ts'
import { load } from './storage.ts'

export interface Identity {
  readonly token: string
  readonly account: Account
}

/** Null if this browser has no account yet. */
export function readIdentity(): Identity | null {
  const kept = load('identity') as Partial<Identity> | null
  if (typeof kept?.token !== 'string' || typeof kept.account?.id !== 'string') return null
  return { token: kept.token, account: { id: kept.account.id, name: String(kept.account.name) } }
}
