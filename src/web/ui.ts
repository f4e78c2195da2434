/** Everything that the page shows, beside the games themselves: one object, the same for every part of the page. */
import { type Signal, signal } from '@preact/signals'
import type { ConnectionState } from '../client/index.ts'
import { parseRoute, type Route } from './route.ts'
import { readSettings, type Settings } from './settings.ts'

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
  /** What a screen reader says next, politely. */
  readonly announcement: Signal<string>
  readonly settings: Signal<Settings>
  /** How the server is reached; null while nobody needs it. */
  readonly connection: Signal<ConnectionState | null>
  /** What the browser says of the network. */
  readonly isOnline: Signal<boolean>
}

export const ui: Ui = {
  route: signal(parseRoute(location.pathname)),
  dialog: signal(null),
  notice: signal(null),
  announcement: signal(''),
  settings: signal(readSettings()),
  connection: signal(null),
  isOnline: signal(navigator.onLine),
}
