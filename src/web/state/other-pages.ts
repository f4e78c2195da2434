/** Applies changes that another page of this browser has stored. */
import { readIdentity } from './identity.ts'
import { speak } from '../language/text.ts'
import { serverIfAny, startAgain } from './server.ts'
import { readPreferences } from './preferences.ts'
import { keyOf } from './storage.ts'
import { ui } from './ui.ts'

/** @param key the changed key of the storage; null if all of it was cleared. */
export function hearOfPage(key: string | null): void {
  if (key === keyOf('settings')) {
    ui.settings.value = readPreferences()
    void speak(ui.settings.value.language)
  }
  if (key === keyOf('identity')) become()
}

/** Makes this page use the stored account and its stored name, like all other pages. */
function become(): void {
  const kept = readIdentity()
  const client = serverIfAny()
  if (kept === null || client === null || client.account === null) return
  if (kept.account.id !== client.account.id) startAgain()
  else if (kept.account.name !== client.account.name && client.state.state === 'open') {
    // If this connection does not answer, the next one uses the token anyway.
    client.call('hello', { protocol: [1], token: kept.token }).catch(() => {})
  }
}
