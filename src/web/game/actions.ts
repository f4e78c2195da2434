/** What a visitor can do at a game of the server, beside what the first page has. */
import type { OfferKind, Player } from '../../game/index.ts'
import { asSomebody, attempt, visit } from '../state/actions.ts'
import type { Table } from '../state/table.ts'

export function resign({ handle }: Table): void {
  attempt(handle.resign())
}

export function answer({ handle }: Table, what: OfferKind, accept: boolean): void {
  attempt(handle.answer(what, accept))
  // The button goes, and the focus would with it.
  document.querySelector<HTMLElement>('[data-cell][tabindex="0"]')?.focus({ preventScroll: true })
}

export function clearBoard({ handle }: Table): void {
  attempt(handle.restart())
}

export function join({ handle }: Table, player: Player): void {
  asSomebody((client) => attempt(client.join(handle.id, player)))
}

/** Takes the seat that somebody keeps free for whoever comes, and goes there. */
export function joinListed(game: string): void {
  asSomebody((client) => visit(client.join(game)))
}
