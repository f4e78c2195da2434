import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Log, silentLog, VirtualClock } from '../../base/index.ts'
import { JournalFault, MemoryJournal } from '../../journal/index.ts'
import { Fault, type GameSummary, type Limits } from '../../protocol/index.ts'
import type { CatalogStore, Mark } from './catalog-store.ts'
import { MemoryNodeBus } from '../cluster/node-bus.ts'
import { MemoryCatalogStore } from './memory-catalog-store.ts'
import { type Person, Play, settle } from '../testing/play.ts'

/** Opens a server again and again over the same store, as after restarts. */
class Restarts {
  readonly clock = new VirtualClock(1_790_000_000_000)
  readonly store: CatalogStore
  readonly logged: string[] = []
  readonly log: Log = {
    ...silentLog,
    warn: (fields, event) => void this.logged.push(`${event}: ${JSON.stringify(fields)}`),
    error: (fields, event) => void this.logged.push(`${event}: ${JSON.stringify(fields)}`),
  }
  #token = ''
  #seed: number

  /** `seed`: with another one Ann is somebody else. */
  constructor(store: CatalogStore = new MemoryCatalogStore(), seed = 0) {
    this.store = store
    this.#seed = seed
  }

  /** With Ann, who is the same each time. */
  async open(
    journal: MemoryJournal,
    limits: Partial<Limits> = {},
  ): Promise<{ readonly play: Play; readonly ann: Person }> {
    const { clock, store, log } = this
    const play = await Play.open({ journal, clock, store, log, limits, isAlone: true, seed: ++this.#seed })
    const ann = play.sit()
    const { token } = await ann.ask('hello', this.#token === '' ? {} : { token: this.#token })
    this.#token = token
    return { play, ann }
  }

  /** Some games of Ann, by their names; all of it is in the store afterwards. */
  async make(journal: MemoryJournal, ...games: readonly string[]): Promise<void> {
    const { play, ann } = await this.open(journal)
    for (const game of games) await ann.ask('game.create', { game })
    await play.pass(2_000)
    await play.service.close()
  }

  async listed(journal: MemoryJournal): Promise<readonly string[]> {
    const { play, ann } = await this.open(journal)
    await play.pass(5_000)
    const games = await gamesOf(ann)
    await play.service.close()
    return games
  }
}

async function gamesOf(person: Person): Promise<readonly string[]> {
  return (await person.ask('account.games', {})).games.map(({ game }) => game).toSorted()
}

/** The first entries of a journal, as a copy of its file that was made earlier has them. */
async function copy(journal: MemoryJournal, count: number): Promise<MemoryJournal> {
  const older = new MemoryJournal({ id: journal.id })
  let left = count
  const subscription = journal.follow('', (entries) => {
    for (const { game, version, body } of entries) if (left-- > 0) void older.append(game, version - 1, body)
  })
  await subscription.caughtUp
  subscription.close()
  await settle()
  return older
}

test('[S45] a server whose histories are built again is catching up until they are there', async () => {
  const server = new Restarts()
  const journal = new MemoryJournal()
  await server.make(journal, 'a', 'b', 'c')
  await server.store.clear()
  const { play, ann } = await server.open(journal)
  let catalog = ''
  for (let looks = 0; looks < 100 && catalog !== 'ok'; looks++) {
    await play.pass(20)
    catalog = (await play.service.readiness()).checks['catalog'] ?? ''
  }
  assert.equal(catalog, 'ok')
  assert.equal((await gamesOf(ann)).length, 3)
  await play.service.close()
})

test('[S45] a history is that of the journal that is there, whichever was there before', async () => {
  const server = new Restarts()
  const first = new MemoryJournal()
  await server.make(first, 'a', 'b', 'c')
  assert.deepEqual(await server.listed(first), ['a', 'b', 'c'])
  assert.deepEqual(server.logged, [])
  // Shorter than the one before, and longer.
  const second = new MemoryJournal()
  await new Restarts(undefined, 100).make(second, 'x')
  assert.deepEqual(await server.listed(second), [])
  const third = new MemoryJournal()
  await server.make(third, 'a', 'k', 'l', 'm', 'n')
  assert.deepEqual(await server.listed(third), ['a', 'k', 'l', 'm', 'n'])
  assert.deepEqual(await server.listed(first), ['a', 'b', 'c'])
  assert.equal(server.logged.length, 3)
  for (const line of server.logged) assert.equal(line, 'catalog is built again: {"reason":"it is of another journal"}')
})

test('[S45] a journal put back to an older state has the games of then, however long it has become since', async () => {
  for (const further of [0, 1, 9]) {
    const server = new Restarts()
    const journal = new MemoryJournal()
    await server.make(journal, 'a', 'b')
    const before = Number((await server.store.mark())?.position)
    await server.make(journal, 'c', 'd', 'e')
    const older = await copy(journal, before)
    // Played on by a server that had another catalog.
    const others = new Restarts(undefined, 100)
    await others.make(older, ...Array.from({ length: further }, (_, i) => `other-${i}`))
    assert.deepEqual(await server.listed(older), ['a', 'b'], `${further} further`)
    assert.deepEqual(server.logged, ['catalog is built again: {"reason":"the journal was put back to an older state"}'])
  }
})

test('[S45] a journal that was put back and one of another id have another history, and keep it', async () => {
  const server = new Restarts()
  const journal = new MemoryJournal()
  const historyOf = async (of: MemoryJournal): Promise<string | undefined> => {
    await server.make(of, `game-${server.logged.length}`)
    return (await server.store.mark())?.history
  }
  assert.equal(await historyOf(journal), journal.id)
  await server.make(journal, 'x')
  const older = await copy(journal, 1)
  const history = await historyOf(older)
  assert.notEqual(history, journal.id)
  await server.make(older, 'y')
  assert.equal((await server.store.mark())?.history, history)
  const other = new MemoryJournal()
  assert.equal(await historyOf(other), other.id)
})

test('[S47] hello names the history, the same after each start and another one after the journal was replaced', async () => {
  const server = new Restarts()
  const journal = new MemoryJournal()
  const nameOf = async (of: MemoryJournal): Promise<string | undefined> => {
    const { play, ann } = await server.open(of)
    await play.pass(2_000)
    const { journal: name, alone } = await ann.ask('hello', {})
    assert.deepEqual([name, alone], [play.service.history, true])
    await play.service.close()
    return name
  }
  assert.deepEqual([await nameOf(journal), await nameOf(journal)], [journal.id, journal.id])
  await server.make(journal, 'a', 'b')
  const older = await copy(journal, 1)
  const put = await nameOf(older)
  assert.notEqual(put, journal.id)
  assert.equal(await nameOf(older), put)
  const other = new MemoryJournal()
  assert.equal(await nameOf(other), other.id)
})

test('[S47] nodes of one journal name the same history, and none of them is alone', async () => {
  const journal = new MemoryJournal()
  const exchange = new MemoryNodeBus()
  const clock = new VirtualClock(1_790_000_000_000)
  for (const name of ['n1', 'n2']) {
    const play = await Play.open({ journal, clock, exchange: exchange.join(name) })
    const { journal: told, alone } = await play.sit().ask('hello', {})
    assert.deepEqual([told, alone], [journal.id, false])
  }
})

test('[S47] a list that began in one history does not continue in another', async () => {
  const server = new Restarts()
  const limits = { pageRows: 2 }
  const journal = new MemoryJournal()
  await server.make(journal, 'a', 'b', 'c')
  const { play, ann } = await server.open(journal, limits)
  const { next } = await ann.ask('account.games', {})
  assert.ok(next !== undefined)
  assert.equal((await ann.ask('account.games', { cursor: next })).games.length, 1)
  await play.service.close()
  const there = await server.open(new MemoryJournal(), limits)
  assert.equal(await there.ann.refused('account.games', { cursor: next }), 'invalid-params')
  assert.equal(
    await there.ann.refused('account.games', { cursor: next.slice(next.indexOf('.') + 1) }),
    'invalid-params',
  )
  assert.deepEqual((await there.ann.ask('account.games', {})).games, [])
})

/** A journal in which some games are damaged. */
class DamagedJournal extends MemoryJournal {
  readonly damaged = new Set<string>()

  override async read(...of: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    if (this.damaged.has(of[0])) throw new JournalFault('corrupt', `entry 1 of game ${of[0]} does not match its chain`)
    return super.read(...of)
  }
}

test('[S46] a damaged game is in no history, and takes none from anybody', async () => {
  const maker = new Restarts()
  const journal = new DamagedJournal()
  await maker.make(journal, ...Array.from({ length: 80 }, (_, i) => `game-${i}`))
  // What no server writes: no JSON, and JSON that is no event.
  await journal.append('no-json', 0, 'x')
  await journal.append('no-event', 0, '{"at":1,"event":{"type":"created"}}')
  journal.damaged.add('game-3').add('game-40')

  await maker.store.clear()
  const { play, ann } = await maker.open(journal)
  await play.pass(5_000)
  assert.equal((await gamesOf(ann)).length, 78)
  await ann.ask('game.create', { game: 'new' })
  await play.pass(5_000)
  const games = await gamesOf(ann)
  assert.deepEqual([games.length, games.includes('new'), games.includes('game-3')], [79, true, false])
  const about = maker.logged.filter((line) => line.startsWith('game is damaged and in no history'))
  assert.deepEqual(about.map((line) => /"game":"([^"]+)"/.exec(line)?.[1] ?? '').toSorted(), [
    'game-3',
    'game-40',
    'no-event',
    'no-json',
  ])
  const { ready, checks } = await play.service.readiness()
  assert.deepEqual([ready, checks['catalog']], [true, '4 games are damaged and left out; the log names them'])
  assert.equal((await maker.store.mark())?.position, play.service.position)
})

/** A store that refuses, for a while or for good. */
class RefusingStore extends MemoryCatalogStore {
  override isLost = false
  isRefusing = false
  attempts = 0
  rows = 0

  override async put(rows: readonly GameSummary[], mark: Mark): Promise<void> {
    this.attempts++
    this.rows += rows.length
    if (this.isRefusing || this.isLost) throw new Fault('storage-full')
    await super.put(rows, mark)
  }
}

test('[S46] a store that refuses is asked less and less often, and has everything once it takes something', async () => {
  const store = new RefusingStore()
  const server = new Restarts(store)
  const { play, ann } = await server.open(new MemoryJournal())
  await play.pass(2_000)
  store.isRefusing = true
  store.attempts = store.rows = 0
  for (let game = 0; game < 300; game++) {
    await ann.ask('game.create', { game: `g${game}` })
    await play.pass(1_000)
    if (game % 10 === 0) await gamesOf(ann)
  }
  assert.ok(store.attempts < 15, `${store.attempts} attempts in five minutes`)
  assert.match((await play.service.readiness()).checks['catalog'] ?? '', /cannot be written now/)
  store.isRefusing = false
  await play.pass(65_000)
  assert.equal((await store.gamesOf(await idOf(ann), undefined, undefined, 1_000)).games.length, 300)
  assert.equal((await play.service.readiness()).checks['catalog'], 'ok')
})

test('[S46] what a store refuses does not pile up: it is read from the journal later', async () => {
  const store = new RefusingStore()
  const server = new Restarts(store)
  const journal = new MemoryJournal()
  const { play, ann } = await server.open(journal, { unwrittenRowsMax: 500 })
  const { game } = await ann.ask('game.create', { game: 'first' })
  const [created] = await journal.read(game)
  await play.pass(2_000)
  store.isRefusing = true
  const count = 5_000
  for (let more = 0; more < count; more++) await journal.append(`other-${more}`, 0, created?.body ?? '')
  for (let seconds = 0; seconds < 40; seconds++) await play.pass(1_000)
  store.attempts = store.rows = 0
  await play.pass(64_000)
  await play.pass(64_000)
  assert.ok(store.attempts > 0 && store.rows === 0, `${store.rows} rows in ${store.attempts} attempts`)
  store.isRefusing = false
  for (let seconds = 0; seconds < 140; seconds++) await play.pass(1_000)
  const { games } = await store.gamesOf(await idOf(ann), undefined, undefined, count + 10)
  assert.equal(games.length, count + 1)
})

test('[S46] a store that is lost is asked nothing more, and readiness says so', async () => {
  const store = new RefusingStore()
  const server = new Restarts(store)
  const { play, ann } = await server.open(new MemoryJournal())
  await play.pass(2_000)
  store.isLost = true
  await ann.ask('game.create', { game: 'a' })
  await play.pass(2_000)
  store.attempts = 0
  for (let game = 0; game < 20; game++) {
    await ann.ask('game.create', { game: `g${game}` })
    await play.pass(60_000)
    await gamesOf(ann)
  }
  assert.equal(store.attempts, 0)
  const { ready, checks } = await play.service.readiness()
  assert.deepEqual([ready, checks['catalog']], [true, 'damaged: it is built again at the next start'])
})

async function idOf(person: Person): Promise<string> {
  return (await person.ask('hello', {})).account.id
}
