/** The game whose address this page has, opened when the page goes there and left when it goes elsewhere. */
import { effect, signal } from '@preact/signals'
import { OxoError } from '../../client/index.ts'
import { lookAt } from '../looked-at.ts'
import { clientAge, server } from '../server.ts'
import type { Table } from '../table.ts'
import { ui } from '../ui.ts'

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

/** The answer leaves the game. */
function open(game: string): () => void {
  let isLeft = false
  let table: Table | null = null
  visit.value = { state: 'opening' }
  lookAt(server(), game, () => !isLeft).then(
    (opened) => {
      table = opened
      if (opened !== null) visit.value = { state: 'open', table: opened }
    },
    (error: unknown) => {
      if (!(error instanceof OxoError)) throw error
      if (!isLeft) visit.value = { state: 'failed', error }
    },
  )
  return () => {
    isLeft = true
    table?.leave()
  }
}
