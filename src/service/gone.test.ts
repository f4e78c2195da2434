/** After a client has disconnected, nothing more is done for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryJournal } from '../journal/index.ts'
import type { MethodName } from '../protocol/index.ts'
import { type Person, Play, settle } from './testing/play.ts'

/** A journal whose reads wait until they are released. */
class SlowJournal extends MemoryJournal {
  readonly #gate = Promise.withResolvers<void>()

  override async read(...range: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    if (range[0] === 'far') await this.#gate.promise
    return super.read(...range)
  }

  override async readBack(...range: Parameters<MemoryJournal['readBack']>): ReturnType<MemoryJournal['readBack']> {
    if (range[0] === 'far') await this.#gate.promise
    return super.readBack(...range)
  }

  letThrough(): void {
    this.#gate.resolve()
  }
}

function send(person: Person, id: number, method: MethodName, params: object = {}): void {
  person.session.hear(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
}

test('[S38] requests that wait for a hello are not served once the connection is gone', async () => {
  const play = await Play.open()
  const { token } = await play.sit().ask('hello', {})
  const gone = play.sit()
  send(gone, 1, 'hello', { token })
  send(gone, 2, 'lobby.watch')
  send(gone, 3, 'game.watch', { game: 'main' })
  send(gone, 4, 'game.create', { game: 'never' })
  send(gone, 5, 'lobby.play')
  gone.leave()
  // A token is checked on another thread, so the duration is unknown.
  await gone.session.finish()
  const ann = play.sit()
  assert.equal(await ann.refused('game.get', { game: 'never' }), 'no-such-game')
  assert.deepEqual((await ann.ask('lobby.list', {})).games, [])
  await ann.ask('game.create', { public: true })
  await ann.ask('game.move', { game: 'main', x: 0, y: 0 })
  await play.pass(1_000)
  for (const name of ['lobby.changed', 'game.changed', 'game.presence']) assert.deepEqual(gone.news(name), [])
  // Every request has been answered: nothing keeps a server from closing.
  await play.service.drain('test', 0)
  await gone.session.finish()
})

test('[S38] a game that is read for a client that leaves meanwhile is not watched', async () => {
  const journal = new SlowJournal()
  const there = await Play.open({ journal })
  await there.sit().ask('game.create', { game: 'far', seats: 'open' })
  const play = await Play.open({ journal, seed: 2 })
  const [gone, bob] = [play.sit(), play.sit()]
  send(gone, 1, 'game.watch', { game: 'far' })
  const watched = bob.ask('game.watch', { game: 'far' })
  await settle()
  gone.leave()
  journal.letThrough()
  await watched
  await play.pass(1_000)
  assert.deepEqual(
    bob.news('game.presence').map(({ watching }) => watching),
    [1],
  )
})

test('[S39] an unwatch cancels a watch that is not answered yet', async () => {
  const journal = new SlowJournal()
  const there = await Play.open({ journal })
  await there.sit().ask('game.create', { game: 'far', seats: 'open' })
  const play = await Play.open({ journal, seed: 2 })
  const ann = play.sit()
  const watched = ann.ask('game.watch', { game: 'far' })
  await ann.ask('game.unwatch', { game: 'far' })
  journal.letThrough()
  await watched
  await play.sit().ask('game.move', { game: 'far', x: 0, y: 0 })
  assert.deepEqual(ann.news('game.changed'), [])
})

test('[S39] concurrent requests reserve no more places than there are', async () => {
  const play = await Play.open({ limits: { watchedGamesMax: 3 } })
  const ann = play.sit()
  for (const game of ['e', 'f', 'g', 'h']) await play.sit().ask('game.create', { game, seats: 'open' })
  const answers = await Promise.all([
    ...['e', 'f'].map((game) => ann.refused('game.watch', { game })),
    ann.refused('game.create', {}),
    ann.refused('lobby.play', {}),
    ann.refused('game.watch', { game: 'g' }),
    // The same game twice takes one place.
    ann.refused('game.watch', { game: 'e' }),
  ])
  assert.deepEqual(answers, ['accepted', 'accepted', 'accepted', 'too-many', 'too-many', 'accepted'])
  assert.equal(ann.session.watching.size, 3)
  // A failed request releases its place.
  await ann.ask('game.unwatch', { game: 'f' })
  for (let attempt = 0; attempt < 5; attempt++)
    assert.equal(await ann.refused('game.watch', { game: 'nowhere' }), 'no-such-game')
  assert.equal(await ann.refused('game.watch', { game: 'g' }), 'accepted')
})
