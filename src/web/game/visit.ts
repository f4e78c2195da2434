/** The game at the page's address: opened when the page navigates there, and left when it navigates away. */
import { effect, signal } from '@preact/signals'
import { systemClock, type Timer } from '../../base/index.ts'
import { OxoError } from '../../client/index.ts'
import { lookAt } from '../state/shared-handles.ts'
import { clientAge, server } from '../state/server.ts'
import type { PageGame } from '../state/page-game.ts'
import { ui } from '../state/ui.ts'

export type Visit =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly table: PageGame }
  | { readonly state: 'failed'; readonly error: OxoError }

export const visit = signal<Visit>({ state: 'opening' })

/** Opens and leaves games as the address changes, for the lifetime of the page. */
export function followVisits(): void {
  effect(() => {
    const route = ui.route.value
    // Subscribes to changes of the client: the handles of the previous client have ended.
    void clientAge.value
    if (route.page !== 'game') return
    return open(route.game)
  })
}

/**
 * Opens the game; the returned function leaves it. After a refusal with `retryAfterMs`, it tries again at that time.
 */
function open(game: string): () => void {
  let isLeft = false
  let table: PageGame | null = null
  let again: Timer | null = null
  const ended = ({ detail }: OxoError): void => {
    if (isLeft || again !== null || detail.retryAfterMs === undefined) return
    again = systemClock.after(detail.retryAfterMs, () => {
      again = null
      table?.leave()
      look()
    })
  }
  const look = (): void => {
    table = null
    lookAt(server(), game, () => !isLeft).then(
      (opened) => {
        table = opened
        if (opened === null) return
        visit.value = { state: 'open', table: opened }
        opened.handle.onChange((handle) => handle.ended !== null && ended(handle.ended))
      },
      (error: unknown) => {
        if (!(error instanceof OxoError)) throw error
        if (isLeft) return
        visit.value = { state: 'failed', error }
        ended(error)
      },
    )
  }
  visit.value = { state: 'opening' }
  look()
  return () => {
    isLeft = true
    again?.cancel()
    table?.leave()
  }
}
