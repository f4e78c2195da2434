/** The visitor's unfinished games, followed on every page, so that the visitor sees that one of them waits. */
import { computed, effect, untracked } from '@preact/signals'
import { alertOf } from '../alerts/alerts.ts'
import { keepBadge } from '../alerts/badge.ts'
import { isHidden } from '../alerts/hidden.ts'
import type { PageGame } from '../state/page-game.ts'
import { ignoreRefusal } from '../state/ask.ts'
import { clientAge, server } from '../state/server.ts'
import { ui } from '../state/ui.ts'
import { FollowedGames } from './followed.ts'

/** The most games that are followed, the last changed ones. */
const followedMax = 10
/** The most games that are searched for unfinished ones. */
const searchedMax = 50

const followed = new FollowedGames()
export const ownGames = followed.games
/** The game of the page: the list of a cluster has a new game only after a moment. */
const shown = new FollowedGames()

/** To be called once. Connects to the server, and looks for new games whenever the visitor goes to another page. */
export function followOwnGames(): void {
  server()
  effect(() => {
    void [clientAge.value, ui.route.value]
    if (ui.connection.value?.state === 'open') void untracked(look)
  })
  effect(() => {
    ui.waiting.value = ownGames.value.filter(isWaiting).length
  })
  keepBadge()
  effect(() => {
    void clientAge.value
    const route = ui.route.value
    void untracked(() => shown.follow(route.page === 'game' ? [route.game] : []))
  })
  alertOf(computed(() => [...ownGames.value, ...shown.games.value]))
}

/** Whether the visitor is to move in a game that the visitor does not see now. */
function isWaiting({ handle, standing }: PageGame): boolean {
  const route = ui.route.value
  const isSeen = !isHidden.value && route.page === 'game' && route.game === handle.id
  return standing.value.isMyTurn && !isSeen
}

let looks = 0

async function look(): Promise<void> {
  const number = ++looks
  try {
    const found: string[] = []
    let searched = 0
    for await (const { game, status } of server().games()) {
      if (status !== 'over') found.push(game)
      if (found.length === followedMax || ++searched === searchedMax) break
    }
    if (number === looks) await followed.follow(found)
  } catch (error) {
    // The next page that the visitor goes to looks again.
    ignoreRefusal(error)
  }
}
