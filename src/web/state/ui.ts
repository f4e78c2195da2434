/** Everything that the page shows, beside the games themselves: one object, the same for every part of the page. */
import { type Signal, signal } from '@preact/signals'
import type { ConnectionState } from '../../client/index.ts'
import { parseRoute, type Route } from './route.ts'
import { readPreferences, type Preferences } from './preferences.ts'
import { save } from './storage.ts'

/** What lies over the page and wants an answer first. */
export type Dialog =
  | { readonly name: 'new-game' }
  | { readonly name: 'settings' }
  /** Others are about to see a name for the first time; `go` follows once it is chosen. */
  | { readonly name: 'name'; readonly go: () => void }

export interface Ui {
  /** Follows the address. */
  readonly route: Signal<Route>
  readonly dialog: Signal<Dialog | null>
  /** One sentence about what just did not work, next to the board; null when all is well. */
  readonly notice: Signal<string | null>
  /** What a screen reader says next, politely; `count` tells the same said again from the same still there. */
  readonly announcement: Signal<{ readonly words: string; readonly count: number }>
  readonly settings: Signal<Preferences>
  /** How the server is reached; null while nobody needs it. */
  readonly connection: Signal<ConnectionState | null>
  /** What the browser says of the network. */
  readonly isOnline: Signal<boolean>
}

export const ui: Ui = {
  route: signal(parseRoute(location.pathname)),
  dialog: signal(null),
  notice: signal(null),
  announcement: signal({ words: '', count: 0 }),
  settings: signal(readPreferences()),
  connection: signal(null),
  isOnline: signal(navigator.onLine),
}

/** Chooses some of the settings. The others stay as whichever page of this browser chose them last. */
export function choose(some: Partial<Preferences>): void {
  ui.settings.value = { ...readPreferences(), ...some }
  save('settings', ui.settings.value)
}

export function say(words: string): void {
  ui.announcement.value = { words, count: ui.announcement.peek().count + 1 }
}

/** Tells what just did not work, to the eye and the ear; null: nothing any more. */
export function warn(sentence: string | null): void {
  ui.notice.value = sentence
  say(sentence ?? '')
}
