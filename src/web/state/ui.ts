/** The state of the whole page, except for the games: one object for all parts of the page. */
import { readIdentity } from './identity.ts'
import type { LocalWish } from '../local/wish.ts'
import { type Signal, signal } from '@preact/signals'
import type { ConnectionState } from '../../client/index.ts'
import { parseRoute, type Route } from './route.ts'
import { readPreferences, type Preferences } from './preferences.ts'
import { save } from './storage.ts'

/** The dialog over the page. */
export type Dialog =
  /** `wish` is what the dialog begins with; by default the last choice. */
  | { readonly name: 'new-game'; readonly wish?: LocalWish }
  | { readonly name: 'settings' }
  /** Asks for the name that others are about to see; `go` is called once it is chosen. */
  | { readonly name: 'name'; readonly go: () => void }

export interface Ui {
  /** The current page, derived from the address. */
  readonly route: Signal<Route>
  readonly dialog: Signal<Dialog | null>
  /** One sentence about the last failed action, shown next to the board; null if there is none. */
  readonly notice: Signal<string | null>
  /** The next announcement for screen readers; `count` makes a repeated text a new announcement. */
  readonly announcement: Signal<{ readonly words: string; readonly count: number }>
  readonly settings: Signal<Preferences>
  /** The state of the connection; null while the page does not need the server. */
  readonly connection: Signal<ConnectionState | null>
  /** Whether the visitor has an account on the server of the page. */
  readonly isKnown: Signal<boolean>
  /** The number of games that wait for the visitor and are not on the page. */
  readonly waiting: Signal<number>
  /** Whether the browser reports a network. */
  readonly isOnline: Signal<boolean>
}

export const ui: Ui = {
  route: signal(parseRoute(location.pathname)),
  dialog: signal(null),
  notice: signal(null),
  announcement: signal({ words: '', count: 0 }),
  settings: signal(readPreferences()),
  connection: signal(null),
  isKnown: signal(readIdentity() !== null),
  waiting: signal(0),
  isOnline: signal(navigator.onLine),
}

/** Changes and stores some settings. The others stay as they are stored, perhaps by another page of this browser. */
export function choose(some: Partial<Preferences>): void {
  ui.settings.value = { ...readPreferences(), ...some }
  save('settings', ui.settings.value)
}

export function say(words: string): void {
  ui.announcement.value = { words, count: ui.announcement.peek().count + 1 }
}

/** Shows and announces a failure; null removes the notice. */
export function warn(sentence: string | null): void {
  ui.notice.value = sentence
  say(sentence ?? '')
}
