/** Tells the visitor what others did in the visitor's games: by a sound, and by a notification while the page is hidden. */
import { effect, type ReadonlySignal } from '@preact/signals'
import { sleep, systemClock } from '../../base/index.ts'
import { opponent } from '../../game/index.ts'
import { sayChange } from '../game/announcer.ts'
import { go } from '../state/navigation.ts'
import type { PageGame, PageGameState } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'
import { nameOf } from '../words.ts'
import { isHidden } from './hidden.ts'
import { closeNotifications, notify } from './notifications.ts'
import { playSound } from './sound.ts'
import type { ClickedNotification } from './target.ts'

/** How long one page of the browser keeps the others from repeating its alert, in ms. */
const alertedMs = 5_000

/** To be called once. Follows every one of the games from when it is first in the list. */
export function alertOf(games: ReadonlySignal<readonly PageGame[]>): void {
  const seen = new Map<string, number>()
  effect(() => {
    for (const table of games.value) {
      const { view, me } = table.standing.value
      const before = seen.get(view.game)
      seen.set(view.game, view.version)
      if (before === undefined || before >= view.version || me === null || isOwnDoing(table.standing.value)) continue
      void once(`${view.game} ${view.version}`, () => alertAbout(table))
    }
  })
  effect(() => {
    if (!isHidden.value) void closeNotifications()
  })
  // Absent on pages without TLS, except on localhost. The service worker names the game whose notification was clicked.
  if ('serviceWorker' in navigator)
    navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<ClickedNotification>) => {
      go({ page: 'game', game: data.game })
    })
}

/** Whether the visitor knows of the last event, because the visitor caused it. */
function isOwnDoing({ view: { last }, me }: PageGameState): boolean {
  return last?.player === me && last?.type !== 'flagged'
}

function alertAbout(table: PageGame): void {
  const standing = table.standing.peek()
  const { sound, notifications } = ui.settings.peek()
  if (sound) playSound()
  if (!notifications || !isHidden.peek() || standing.me === null) return
  void notify({
    game: table.handle.id,
    title: nameOf(table, standing, opponent(standing.me)),
    text: sayChange(table, standing),
  })
}

/** Calls `act` in one page of this browser only: several may follow the same game. */
async function once(name: string, act: () => void): Promise<void> {
  // Absent on pages without TLS, except on localhost: there each page acts.
  if (!('locks' in navigator)) return act()
  await navigator.locks.request(`oxo:${name}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return
    act()
    await sleep(systemClock, alertedMs)
  })
}
