/** The visitor's unfinished games, followed on every page, so that the visitor sees that one of them waits. */
import { effect, signal, untracked } from '@preact/signals'
import { alertOf } from '../alerts/alerts.ts'
import { keepBadge } from '../alerts/badge.ts'
import { isHidden } from '../alerts/hidden.ts'
import type { PageGame } from '../state/page-game.ts'
import { ignoreRefusal } from '../state/ask.ts'
import { clientAge, server } from '../state/server.ts'
import { lookAt } from '../state/shared-handles.ts'
import { ui } from '../state/ui.ts'

/** The most games that are followed, the last changed ones. */
const followedMax = 10
/** The most games that are searched for unfinished ones. */
const searchedMax = 50

export const ownGames = signal<readonly PageGame[]>([])

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
  alertOf(ownGames)
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
  const client = server()
  try {
    const found: string[] = []
    let searched = 0
    for await (const { game, status } of client.games()) {
      if (status !== 'over') found.push(game)
      if (found.length === followedMax || ++searched === searchedMax) break
    }
    const before = new Map(ownGames.value.map((table) => [table.handle.id, table]))
    const isWanted = (): boolean => number === looks
    const now = await Promise.all(
      found.map(async (game) => {
        const known = before.get(game)
        return known?.standing.peek().ended === null ? known : lookAt(client, game, isWanted).catch(ignoreRefusal)
      }),
    )
    const tables = now.filter((table) => table !== null)
    // A later look leaves what it does not need; this one must leave what it alone has opened.
    const kept = isWanted() ? tables : ownGames.value
    for (const table of new Set([...tables, ...before.values()])) if (!kept.includes(table)) table.leave()
    ownGames.value = kept
  } catch (error) {
    // The next page that the visitor goes to looks again.
    ignoreRefusal(error)
  }
}
