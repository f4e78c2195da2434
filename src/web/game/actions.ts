/** The actions in a game on the server that the first page does not need. */
import type { OfferKind, Player } from '../../game/index.ts'
import { ask } from '../state/ask.ts'
import { asSomebody, attempt, visitGame } from '../state/actions.ts'
import type { PageGame } from '../state/page-game.ts'

export function resign({ handle }: PageGame): void {
  attempt(handle.resign())
}

export function answerOffer({ handle }: PageGame, what: OfferKind, accept: boolean): void {
  attempt(handle.answer(what, accept))
  // The focused button disappears, so move the focus to the board.
  document.querySelector<HTMLElement>('[data-cell][tabindex="0"]')?.focus({ preventScroll: true })
}

export function clearBoard({ handle }: PageGame): void {
  attempt(handle.restart())
}

export function join({ handle }: PageGame, player: Player): void {
  asSomebody(() => void ask((client, options) => client.join(handle.id, player, options)))
}

/** Takes the free seat of a listed game, opens its page, and withdraws the game in which the visitor waited instead. */
export function joinListed(game: string, waiting?: PageGame): void {
  asSomebody(() =>
    visitGame(async (client, options) => {
      const joined = await client.join(game, undefined, options)
      if (waiting !== undefined) resign(waiting)
      return joined
    }),
  )
}
