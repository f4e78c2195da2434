/** The game whose address this page has, opened when the page goes there and left when it goes elsewhere. */
import { effect, signal } from '@preact/signals'
import { systemClock, type Timer } from '../../base/index.ts'
import { OxoError } from '../../client/index.ts'
import { lookAt } from '../state/shared-handles.ts'
import { clientAge, server } from '../state/server.ts'
import type { Table } from '../state/table.ts'
import { ui } from '../state/ui.ts'

export type Visit =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly table: Table }
  | { readonly state: 'failed'; readonly error: OxoError }

export const visit = signal<Visit>({ state: 'opening' })

/** For as long as the page lives. */
export function followVisits(): void {
  effect(() => {
    const route = ui.route.value
    // Another client: what the one before it had opened has ended.
    void clientAge.value
    if (route.page !== 'game') return
    return open(route.game)
  })
}

/** The answer leaves the game. A refusal that says when to come back, at first or after a lost connection, is followed. */
function open(game: string): () => void {
  let isLeft = false
  let table: Table | null = null
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
