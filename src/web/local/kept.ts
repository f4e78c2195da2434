/** The game without a server as the browser stores it: a reload, a crash of the worker and the next visit continue it. */
import type { GameHandle } from '../../client/index.ts'
import type { Event } from '../../game/index.ts'
import type { Stored } from '../../protocol/index.ts'
import { replayOf } from '../replay/record.ts'
import { load, save } from '../state/storage.ts'
import { type LocalWish, places } from './wish.ts'

export interface KeptGame {
  readonly wish: LocalWish
  readonly game: string
  /** Every entry of the game, oldest first. */
  readonly entries: readonly Stored[]
}

/** Null if there is none, or if this release cannot read it. */
export function readKept(): KeptGame | null {
  const { wish, game, entries } = (load('here') ?? {}) as Partial<KeptGame>
  if (wish === undefined || !places.includes(wish.place) || game === undefined || entries === undefined) return null
  try {
    return replayOf(entries) === null ? null : { wish, game, entries }
  } catch {
    return null
  }
}

export function storeKept(kept: KeptGame): void {
  save('here', kept)
}

/** Stores the game after each of its changes. A game of more entries than one page of a record stays as it was. */
export function keepFollowing(wish: LocalWish, handle: GameHandle): void {
  let version = 0
  handle.onChange(() => {
    if (handle.view.version === version) return
    version = handle.view.version
    handle.record().then(
      ({ entries, next }) => {
        if (next === undefined)
          storeKept({ wish, game: handle.id, entries: entries.map(({ at, event }) => ({ at, event: event as Event })) })
      },
      () => {},
    )
  })
}
