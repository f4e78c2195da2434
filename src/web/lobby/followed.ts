/** A set of games that a part of the page follows, and that changes as a whole. */
import { type ReadonlySignal, signal } from '@preact/signals'
import { ignoreRefusal } from '../state/ask.ts'
import type { PageGame } from '../state/page-game.ts'
import { server } from '../state/server.ts'
import { lookAt } from '../state/shared-handles.ts'

export class FollowedGames {
  readonly #games = signal<readonly PageGame[]>([])
  #rounds = 0

  /** Those that have arrived, in the order of the wish. */
  get games(): ReadonlySignal<readonly PageGame[]> {
    return this.#games
  }

  /** Follows these games and no others, once all have arrived or were refused. A later call replaces an earlier one. */
  async follow(wanted: readonly string[]): Promise<void> {
    const round = ++this.#rounds
    const isWanted = (): boolean => round === this.#rounds
    const before = new Map(this.#games.peek().map((table) => [table.handle.id, table]))
    const found = await Promise.all(
      wanted.map(async (game) => {
        const known = before.get(game)
        return known?.standing.peek().ended === null ? known : lookAt(server(), game, isWanted).catch(ignoreRefusal)
      }),
    )
    const tables = found.filter((table) => table !== null)
    // A later call leaves what it does not need; this one must leave what it alone has opened.
    const kept = isWanted() ? tables : this.#games.peek()
    for (const table of new Set([...tables, ...before.values()])) if (!kept.includes(table)) table.leave()
    this.#games.value = kept
  }
}
