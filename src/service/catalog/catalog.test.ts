import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Log, silentLog, VirtualClock } from '../../base/index.ts'
import { JournalFault, MemoryJournal } from '../../journal/index.ts'
import { Fault, type GameSummary, type Limits } from '../../protocol/index.ts'
import type { CatalogStore, CatalogMark } from './catalog-store.ts'
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

  /** `seed`: with a different one Ann gets a different account. */
  constructor(store: CatalogStore = new MemoryCatalogStore(), seed = 0) {
    this.store = store
    this.#seed = seed
  }

  /** Opens the server with Ann, who has the same account each time. */
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

  /** Creates games of Ann with these ids. Afterwards all rows are in the store. */
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

/** Copies the first entries of a journal, like an older copy of its file. */
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

test('[S45] a server that rebuilds its histories reports that it catches up until they are complete', async () => {
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

test('[S45] histories follow the current journal, whichever journal was there before', async () => {
  const server = new Restarts()
  const first = new MemoryJournal()
  await server.make(first, 'a', 'b', 'c')
  assert.deepEqual(await server.listed(first), ['a', 'b', 'c'])
  assert.deepEqual(server.logged, [])
  // One that is shorter than the previous journal, and one that is longer.
  const second = new MemoryJournal()
  await new Restarts(undefined, 100).make(second, 'x')
  assert.deepEqual(await server.listed(second), [])
  const third = new MemoryJournal()
  await server.make(third, 'a', 'k', 'l', 'm', 'n')
  assert.deepEqual(await server.listed(third), ['a', 'k', 'l', 'm', 'n'])
  assert.deepEqual(await server.listed(first), ['a', 'b', 'c'])
  assert.equal(server.logged.length, 3)
  for (const line of server.logged) assert.equal(line, 'catalog is rebuilt: {"reason":"it is of another journal"}')
})

test('[S45] a journal restored to an older state has the games of that state, however long it is now', async () => {
  for (const further of [0, 1, 9]) {
    const server = new Restarts()
    const journal = new MemoryJournal()
    await server.make(journal, 'a', 'b')
    const before = Number((await server.store.mark())?.position)
    await server.make(journal, 'c', 'd', 'e')
    const older = await copy(journal, before)
    // Games were continued by a server with another catalog.
    const others = new Restarts(undefined, 100)
    await others.make(older, ...Array.from({ length: further }, (_, i) => `other-${i}`))
    assert.deepEqual(await server.listed(older), ['a', 'b'], `${further} further`)
    assert.deepEqual(server.logged, ['catalog is rebuilt: {"reason":"the journal was put back to an older state"}'])
  }
})

test('[S45] a restored journal and a journal with another id get a new history id, and keep it', async () => {
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

test('[S47] hello names the history: the same after each start, another one after the journal was replaced', async () => {
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

test('[S47] nodes of one journal name the same history, and none says that it is alone', async () => {
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

test('[S46] a damaged game is in no history, and does not affect other games', async () => {
  const maker = new Restarts()
  const journal = new DamagedJournal()
  await maker.make(journal, ...Array.from({ length: 80 }, (_, i) => `game-${i}`))
  // Bodies that no server writes: invalid JSON, and JSON that is no event.
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
  const about = maker.logged.filter((line) => line.startsWith('game is damaged and is left out of all histories'))
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

/** A store whose writes fail, for a while or forever. */
class RefusingStore extends MemoryCatalogStore {
  override isLost = false
  isRefusing = false
  attempts = 0
  rows = 0

  override async put(rows: readonly GameSummary[], mark: CatalogMark): Promise<void> {
    this.attempts++
    this.rows += rows.length
    if (this.isRefusing || this.isLost) throw new Fault('storage-full')
    await super.put(rows, mark)
  }
}

test('[S46] a failing store is tried less and less often, and has everything once a write succeeds', async () => {
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

test('[S46] rows of a failing store do not accumulate: they are read from the journal later', async () => {
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

test('[S46] a lost store is not used any more, and readiness reports it', async () => {
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
  assert.deepEqual([ready, checks['catalog']], [true, 'damaged: it is rebuilt at the next start'])
})

async function idOf(person: Person): Promise<string> {
  return (await person.ask('hello', {})).account.id
}
