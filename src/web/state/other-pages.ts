/** What another page of this browser has written, taken over here. */
import { readIdentity } from './identity.ts'
import { speak } from '../language/text.ts'
import { serverIfAny, startAgain } from './server.ts'
import { readPreferences } from './preferences.ts'
import { keyOf } from './storage.ts'
import { ui } from './ui.ts'

/** @param key of the storage; null: all of it. */
export function hearOfPage(key: string | null): void {
  if (key === keyOf('settings')) {
    ui.settings.value = readPreferences()
    void speak(ui.settings.value.language)
  }
  if (key === keyOf('identity')) become()
}

/** All pages are the account that is kept, with the name that it has there. */
function become(): void {
  const kept = readIdentity()
  const client = serverIfAny()
  if (kept === null || client === null || client.account === null) return
  if (kept.account.id !== client.account.id) startAgain()
  else if (kept.account.name !== client.account.name && client.state.state === 'open') {
    // The next connection begins with that token, also should this one not answer.
    client.call('hello', { protocol: [1], token: kept.token }).catch(() => {})
  }
}
