/** A node catches up by itself after lost answers, missed entries of others and failed appends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Log, silentLog, VirtualClock } from '../../base/index.ts'
import { type Entry, type Journal, JournalFault, MemoryJournal } from '../../journal/index.ts'
import { MemoryCatalogStore } from '../catalog/memory-catalog-store.ts'
import type { Think } from '../context.ts'
import { Play, settle } from '../testing/play.ts'
import { firstFree } from '../testing/service.ts'

/** A journal with scripted failures. */
class ScriptedJournal extends MemoryJournal {
  losesAnswers = false
  isFull = false
  isUnreadable = false
  isBehind = false

  override async append(...entry: Parameters<Journal['append']>): ReturnType<Journal['append']> {
    if (this.isFull) throw new JournalFault('storage-full', 'no space left')
    // Another node was first, and reads do not show its entry yet.
    if (this.isBehind) return 'conflict'
    const appended = await super.append(...entry)
    if (this.losesAnswers) throw new JournalFault('outcome-unknown', 'no answer')
    return appended
  }

  override async read(...where: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    if (this.isUnreadable) throw new JournalFault('unavailable', 'no answer')
    return super.read(...where)
  }

  override async readBack(...where: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    if (this.isUnreadable) throw new JournalFault('unavailable', 'no answer')
    return super.readBack(...where)
  }
}

/**
 * A node's view of a journal that others write to. Reads wait until they are released; notifications can be disabled.
 */
class NodeView implements Journal {
  readonly id: string
  readonly durability = 'memory'
  readonly #journal: Journal
  readonly #held: (() => void)[] = []
  isHeld = false
  isDeaf = false

  constructor(journal: Journal) {
    this.id = journal.id
    this.#journal = journal
  }

  append(...entry: Parameters<Journal['append']>): ReturnType<Journal['append']> {
    return this.#journal.append(...entry)
  }

  read(...where: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    return this.#late(this.#journal.read(...where))
  }

  readBack(...where: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    return this.#late(this.#journal.readBack(...where))
  }

  async #late(reading: Promise<readonly Entry[]>): Promise<readonly Entry[]> {
    const entries = await reading
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve))
    return entries
  }

  release(): void {
    this.isHeld = false
    for (const resolve of this.#held.splice(0)) resolve()
  }

  follow(...[after, hear]: Parameters<Journal['follow']>): ReturnType<Journal['follow']> {
    return this.#journal.follow(after, (entries) => this.isDeaf || hear(entries))
  }

  listen(...[game, hear]: Parameters<Journal['listen']>): ReturnType<Journal['listen']> {
    return this.#journal.listen(game, (...heard) => this.isDeaf || hear(...heard))
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}

test('[S14] watchers are notified of an event that was stored though its acknowledgement was lost', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const [ann, bob] = [play.sit(), play.sit()]
  await bob.ask('game.watch', { game: 'main' })
  journal.losesAnswers = true
  assert.equal(await ann.refused('game.move', { game: 'main', x: 1, y: 1 }), 'outcome-unknown')
  journal.losesAnswers = false
  await settle()
  assert.deepEqual(
    bob.news('game.changed').map(({ version }) => version),
    [2],
  )
})

test('[S14] watchers are notified of it also if the journal cannot be read for a while', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const [ann, bob] = [play.sit(), play.sit()]
  await bob.ask('game.watch', { game: 'main' })
  journal.losesAnswers = journal.isUnreadable = true
  assert.equal(await ann.refused('game.move', { game: 'main', x: 1, y: 1 }), 'outcome-unknown')
  await settle()
  journal.losesAnswers = journal.isUnreadable = false
  await play.pass(5_000)
  assert.deepEqual(
    bob.news('game.changed').map(({ version }) => version),
    [2],
  )
})

test('[S18] a command that another node was faster than is refused if reads do not show why', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const ann = play.sit()
  await ann.ask('game.move', { game: 'main', x: 0, y: 0 })
  journal.isBehind = true
  const fault = { fault: 'unavailable', message: 'this node has not received the newest event yet: try again' }
  await assert.rejects(ann.ask('game.move', { game: 'main', x: 1, y: 1 }), fault)
  journal.isBehind = false
  await ann.ask('game.move', { game: 'main', x: 1, y: 1 })
})

test('[N7] a loaded game is shown at its last known version while the journal cannot be read', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const [ann, bob] = [play.sit(), play.sit()]
  await ann.ask('game.move', { game: 'main', x: 0, y: 0 })
  journal.losesAnswers = journal.isUnreadable = true
  assert.equal(await ann.refused('game.move', { game: 'main', x: 1, y: 1 }), 'outcome-unknown')
  assert.equal((await bob.ask('game.get', { game: 'main' })).version, 2)
  assert.equal((await bob.ask('game.watch', { game: 'main' })).version, 2)
  assert.equal(await bob.refused('game.move', { game: 'main', x: 1, y: 1, version: 2 }), 'unavailable')
  assert.equal(await bob.refused('game.get', { game: 'another' }), 'unavailable')
  journal.losesAnswers = journal.isUnreadable = false
  await play.pass(5_000)
  assert.equal(bob.news('game.changed').at(-1)?.['version'], 3)
})

test('[S18] entries of others that arrive while the game is read reach the watchers as well', async () => {
  const shared = new MemoryJournal()
  const journal = new NodeView(shared)
  const [here, there] = [await Play.open({ journal: shared }), await Play.open({ journal, seed: 2 })]
  const [ann, bob] = [here.sit(), there.sit()]
  const { game } = await ann.ask('game.create', { seats: 'open' })
  journal.isHeld = true
  const watched = bob.ask('game.watch', { game })
  await settle()
  await ann.ask('game.move', { game, x: 0, y: 0 })
  await settle()
  journal.release()
  assert.equal((await watched).version, 2)
  await ann.ask('game.move', { game, x: 1, y: 0 })
  await settle()
  assert.equal(bob.news('game.changed').at(-1)?.['version'], 3)
  assert.equal((await bob.ask('game.get', { game })).version, 3)
})

test('[S18] a command at a version that this node has not received is decided, not stale', async () => {
  const shared = new MemoryJournal()
  const journal = new NodeView(shared)
  const [here, there] = [await Play.open({ journal: shared }), await Play.open({ journal, seed: 2 })]
  const [ann, bob] = [here.sit(), there.sit()]
  await bob.ask('game.watch', { game: 'main' })
  journal.isDeaf = true
  await ann.ask('game.move', { game: 'main', x: 0, y: 0 })
  assert.equal((await bob.ask('game.get', { game: 'main' })).version, 1)
  assert.equal((await bob.ask('game.move', { game: 'main', x: 1, y: 0, version: 2 })).version, 3)
  assert.equal(await bob.refused('game.move', { game: 'main', x: 2, y: 0, version: 7 }), 'stale')
})

test('[S18] a game that was requested before it existed is found later', async () => {
  const shared = new MemoryJournal()
  const journal = new NodeView(shared)
  const [here, there] = [await Play.open({ journal: shared }), await Play.open({ journal, seed: 2 })]
  const [ann, bob] = [here.sit(), there.sit()]
  journal.isDeaf = true
  assert.equal(await bob.refused('game.join', { game: 'ours' }), 'no-such-game')
  assert.equal(await bob.refused('game.get', { game: 'ours' }), 'no-such-game')
  await ann.ask('game.create', { game: 'ours' })
  assert.equal((await bob.ask('game.join', { game: 'ours' })).version, 2)
})

test('[S8] a fall of a flag that could not be stored is tried again', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { perMoveMs: 1_000 } })
  await bob.ask('game.join', { game })
  journal.isFull = true
  await play.pass(2_000)
  assert.equal((await bob.ask('game.get', { game })).outcome, null)
  journal.isFull = false
  await play.pass(5_000)
  assert.equal((await bob.ask('game.get', { game })).outcome?.by, 'time')
})

test('[S10] a bot whose move could not be stored moves once it can be', async () => {
  const journal = new ScriptedJournal()
  const clock = new VirtualClock()
  const think: Think = (game, _level, request) =>
    new Promise((resolve) => clock.after(100, () => resolve(firstFree(game, 'random', request))))
  const play = await Play.open({ journal, clock, think })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' }, seat: 'X' })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  journal.isFull = true
  await play.pass(1_000)
  assert.equal((await ann.ask('game.get', { game })).version, 2)
  journal.isFull = false
  await play.pass(5_000)
  assert.equal((await ann.ask('game.get', { game })).version, 3)
})

test('[S2] a player who moves too late is refused and notified of the result', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { perMoveMs: 1_000 } })
  await bob.ask('game.join', { game })
  // The move arrives after the time is over, before the server has flagged the fall.
  play.clock.after(1_000, () => void ann.refused('game.move', { game, x: 1, y: 1 }))
  await play.pass(1_000)
  assert.deepEqual(
    [ann, bob].map((person) => person.news('game.changed').map(({ version }) => version)),
    [[2, 3], [3]],
  )
})

test('[S13] histories that could not be updated continue once the journal can be read', async () => {
  const journal = new ScriptedJournal()
  const play = await Play.open({ journal })
  const other = await Play.open({ journal, seed: 2 })
  const [ann, again] = [play.sit(), other.sit()]
  const { token } = await ann.ask('hello', {})
  await again.ask('hello', { token })
  const { game } = await ann.ask('game.create', {})
  journal.isUnreadable = true
  await other.pass(2_000)
  journal.isUnreadable = false
  await other.pass(2_000)
  const { games } = await again.ask('account.games', {})
  assert.deepEqual(
    games.map((row) => row.game),
    [game],
  )
})

/** A game that began on a node with `journal`; then one of its players requests it on a node with `view`. */
async function moveToAnotherNode(journal: Journal, view: Journal) {
  const here = await Play.open({ journal })
  const ann = here.sit()
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', {})
  await here.sit().ask('game.join', { game })
  const there = await Play.open({ journal: view, seed: 2 })
  const again = there.sit()
  await again.ask('hello', { token })
  await again.ask('game.get', { game })
  return { game, there, again }
}

test('[S13] a game that was requested before the histories had caught up is listed', async () => {
  const journal = new MemoryJournal()
  const { game, there, again } = await moveToAnotherNode(journal, journal)
  await there.pass(2_000)
  const { games } = await again.ask('account.games', {})
  assert.deepEqual(
    games.map((row) => [row.game, row.status]),
    [[game, 'live']],
  )
})

test('[S13] a read during a game does not hide how it ended', async () => {
  const shared = new MemoryJournal()
  const journal = new NodeView(shared)
  const { game, there, again } = await moveToAnotherNode(shared, journal)
  journal.isHeld = true
  await there.pass(2_000)
  await again.ask('game.resign', { game })
  journal.release()
  await settle()
  const { games } = await again.ask('account.games', {})
  assert.deepEqual(
    games.map(({ status }) => status),
    ['over'],
  )
})

test('[S13] games that a closing server has not read yet are read by the next server', async () => {
  const shared = new MemoryJournal()
  const ann = (await Play.open({ journal: shared })).sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'perfect' } })
  const [created] = await shared.read(game)
  for (let more = 0; more < 2_000; more++) await shared.append(`game-${more}`, 0, created?.body ?? '')

  const journal = new NodeView(shared)
  const store = new MemoryCatalogStore()
  const there = await Play.open({ journal, store })
  journal.isHeld = true
  await there.pass(2_000)
  const closing = there.service.close()
  let readLater = 0
  journal.read = (id) => {
    readLater++
    return shared.read(id)
  }
  journal.release()
  await settle()
  await there.pass(1)
  await closing
  assert.deepEqual([readLater, await store.mark()], [0, null])
})

test('[S15] no answer reveals where the journal is stored; the log says why it fails', async () => {
  const secret = '/srv/oxo/journal.sqlite'
  const logged: object[] = []
  const log: Log = { ...silentLog, error: (fields, event) => void logged.push({ ...fields, event }) }
  for (const name of ['storage-full', 'unavailable', 'outcome-unknown', 'corrupt'] as const) {
    const journal = new MemoryJournal()
    const play = await Play.open({ journal, log })
    const fault = new JournalFault(name, `${name} in ${secret}`)
    journal.append = () => Promise.reject(fault)
    journal.read = () => Promise.reject(fault)
    const ann = play.sit()
    const isDiscreet = ({ message }: Error): boolean => !message.includes(secret)
    await assert.rejects(ann.ask('game.move', { game: 'main', x: 1, y: 1 }), isDiscreet)
    await assert.rejects(ann.ask('game.get', { game: 'elsewhere' }), isDiscreet)
    assert.ok(!JSON.stringify(await play.service.readiness()).includes(secret))
    assert.partialDeepStrictEqual(logged.splice(0)[0], { reason: `${name} in ${secret}` })
  }
})

test('[S15] if one part of the journal fails and the rest works, the log says so once, and says once that it is over', async () => {
  const logged: string[] = []
  const say = (_: object, event: string): void => void logged.push(event)
  const journal = new MemoryJournal()
  const play = await Play.open({ journal, log: { ...silentLog, error: say, info: say } })
  const ann = play.sit()
  const { game: bad } = await ann.ask('game.create', { seats: 'open' })
  const append = journal.append.bind(journal)
  journal.append = (game, ...rest) =>
    game === bad ? Promise.reject(new JournalFault('unavailable', 'no leader')) : append(game, ...rest)
  logged.splice(0)
  for (let turn = 0; turn < 5; turn++) {
    assert.equal(await ann.refused('game.move', { game: bad, x: 1, y: 1 }), 'unavailable')
    await ann.ask('game.move', { game: 'main', x: turn % 3, y: turn < 3 ? 0 : 1, player: turn % 2 === 0 ? 'X' : 'O' })
  }
  assert.deepEqual(logged, ['journal takes no write'])
  await play.pass(1_000)
  await ann.ask('game.restart', { game: 'main' })
  assert.deepEqual(logged, ['journal takes no write', 'journal takes writes again'])
})
