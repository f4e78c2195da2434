import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, type Journal, MemoryJournal } from '../../journal/index.ts'
import { makeBody } from '../../protocol/index.ts'
import { Play, settle } from '../testing/play.ts'

/** Reads return the entries at the time of the call, but only once they are released. */
class LateJournal extends MemoryJournal {
  #gate: Promise<void> = Promise.resolve()

  /** Reads wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return resolve
  }

  override async read(...asked: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    const entries = await super.read(...asked)
    await this.#gate
    return entries
  }

  override async readBack(...asked: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    const entries = await super.readBack(...asked)
    await this.#gate
    return entries
  }
}

test('[S18] entries that others store while a game is read are notified at once, not with the next read', async () => {
  const journal = new LateJournal()
  const first = await Play.open({ journal })
  const ann = first.sit()
  await ann.ask('game.move', { game: 'main', x: 0, y: 0 })
  const second = await Play.open({ journal })
  const bob = second.sit()
  // Bob's node removes the board from memory.
  await second.pass(120_000)
  const release = journal.hold()
  const watched = bob.ask('game.watch', { game: 'main' })
  await settle()
  await journal.append('main', 2, makeBody(0, { type: 'moved', player: 'O', x: 1, y: 1 }))
  await settle()
  release()
  assert.equal((await watched).version, 3)
})
