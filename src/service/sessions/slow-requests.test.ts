/** Expensive requests: clients take turns, and nothing is done for a client that is gone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, type Journal, MemoryJournal, verifyEntries } from '../../journal/index.ts'
import type { MethodName } from '../../protocol/index.ts'
import { type Person, Play, type ServicePlayOptions, settle } from '../testing/play.ts'

/** A journal whose reads of games wait until they are released one by one, in the order in which they began. */
class GatedJournal extends MemoryJournal {
  readonly begun: string[] = []
  readonly #gates: (() => void)[] = []
  isGated = false

  override async read(...page: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    await this.#pass(page[0])
    return super.read(...page)
  }

  override async readBack(...page: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    await this.#pass(page[0])
    return super.readBack(...page)
  }

  /** Releases the first waiting read; false if there is none. */
  async open(): Promise<boolean> {
    const gate = this.#gates.shift()
    gate?.()
    await settle()
    return gate !== undefined
  }

  async #pass(game: string): Promise<void> {
    if (!this.isGated || game.startsWith('-')) return
    this.begun.push(game)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.push(resolve)
    await promise
  }
}

function send(person: Person, id: number, method: MethodName, params: object): void {
  person.session.hear(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
}

/** A service over games that were created elsewhere: each must be read through the gate. */
async function openGated(games: readonly string[], limits: ServicePlayOptions['limits'] = {}) {
  const journal = new GatedJournal()
  const elsewhere = await Play.open({ journal })
  const maker = elsewhere.sit()
  for (const game of games) await maker.ask('game.create', { game, seats: 'open' })
  const play = await Play.open({ journal, seed: 2, limits: { readsAtOnce: 1, readsPerAddress: 1, ...limits } })
  await settle()
  journal.isGated = true
  return { journal, play }
}

const ids = (person: Person): unknown[] =>
  person.heard.map((message) => (JSON.parse(message) as { id?: unknown }).id).filter((id) => id !== undefined)

test('[S36] a client that requests many games is served one at a time, and others in between', async () => {
  const games = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']
  const { journal, play } = await openGated(games)
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  for (const [id, game] of ['a1', 'a2', 'a3', 'a4'].entries()) send(ann, id, 'game.get', { game })
  for (const [id, game] of ['b1', 'b2'].entries()) send(bob, id, 'game.watch', { game })
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a1', 'b1', 'a2', 'b2', 'a3', 'a4'])
  assert.deepEqual(ids(ann), [0, 1, 2, 3])
  assert.deepEqual(ids(bob), [0, 1])
})

test('[S36] a game in memory is answered at once, however many reads wait', async () => {
  const { journal, play } = await openGated(['a1', 'a2'])
  const ann = play.sit()
  send(ann, 1, 'game.get', { game: 'a1' })
  send(ann, 2, 'game.get', { game: 'a2' })
  send(ann, 3, 'game.get', { game: 'main' })
  send(ann, 4, 'game.move', { game: 'main', x: 1, y: 1 })
  await settle()
  assert.deepEqual(new Set(ids(ann)), new Set([3, 4]))
  while (await journal.open());
  assert.deepEqual(ids(ann).slice(2), [1, 2])
})

test('[S36] no more answers are made for a connection that does not read them', async () => {
  const { journal, play } = await openGated(['a1', 'a2', 'a3'])
  const ann = play.sit()
  ann.isReading = false
  for (const [id, game] of ['a1', 'a2', 'a3'].entries()) send(ann, id, 'game.get', { game })
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a1'])
  ann.read()
  await settle()
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a1', 'a2'])
  ann.read()
  await settle()
  while (await journal.open());
  assert.deepEqual(ids(ann), [0, 1, 2])
})

test('[S36] nothing is read for a client that is gone, and all its requests are finished', async () => {
  const { journal, play } = await openGated(['a1', 'a2', 'b1', 'b2'])
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  for (const [id, game] of ['a1', 'a2'].entries()) send(ann, id, 'game.get', { game })
  for (const [id, game] of ['b1', 'b2'].entries()) send(bob, id, 'game.record', { game })
  await settle()
  ann.leave()
  bob.leave()
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a1'])
  await play.service.drain('test', 0)
  await Promise.all([ann.session.finish(), bob.session.finish()])
})

test('[S36] commands on games that are not in memory wait for their turn, other commands do not', async () => {
  const { journal, play } = await openGated(['a1', 'a2', 'a3', 'b1'])
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  for (const [id, game] of ['a1', 'a2', 'a3'].entries()) send(ann, id, 'game.move', { game, x: 1, y: 1 })
  send(bob, 0, 'game.restart', { game: 'b1' })
  send(ann, 3, 'game.move', { game: 'main', x: 1, y: 1 })
  await settle()
  assert.deepEqual([journal.begun, ids(ann)], [['a1'], [3]])
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a1', 'b1', 'a2', 'a3'])
  assert.deepEqual([ids(ann), ids(bob)], [[3, 0, 1, 2], [0]])
})

test('[S36] [S7] commands on a game that is being read keep their order, also if another client has read it', async () => {
  const { journal, play } = await openGated(['a', 'other'])
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  send(ann, 1, 'game.get', { game: 'other' })
  send(ann, 2, 'game.move', { game: 'a', x: 1, y: 1 })
  send(bob, 1, 'game.get', { game: 'a' })
  await settle()
  ann.isReading = false
  await journal.open()
  await journal.open()
  // Ann has not read her first answer, so her move waits; the game is in memory now.
  assert.deepEqual(ids(bob), [1])
  send(ann, 3, 'game.move', { game: 'a', x: 2, y: 2 })
  await settle()
  ann.isReading = true
  ann.read()
  while (await journal.open());
  const { board } = await bob.ask('game.get', { game: 'a' })
  assert.deepEqual([board, ids(ann)], ['....X...O', [1, 2, 3]])
  const { version } = await ann.ask('game.move', { game: 'a', x: 0, y: 0 })
  assert.equal(version, 4)
})

test('[S36] [S7] a creation after a command on that game is decided after it', async () => {
  const { journal, play } = await openGated([])
  const ann = play.sit()
  send(ann, 1, 'game.join', { game: 'new' })
  send(ann, 2, 'game.create', { game: 'new' })
  await settle()
  while (await journal.open());
  assert.deepEqual(
    ann.heard.map((message) => (JSON.parse(message) as { error?: { code: number } }).error?.code ?? 0),
    [4040, 0],
  )
})

test('[S38] a command on a game that was not read yet ends with its connection', async () => {
  const { journal, play } = await openGated(['a', 'b'])
  const ann = play.sit()
  send(ann, 1, 'game.get', { game: 'a' })
  send(ann, 2, 'game.move', { game: 'b', x: 1, y: 1 })
  await settle()
  ann.leave()
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a'])
  await ann.session.finish()
})

test('[S36] a record is read page by page, in turn with other clients, and stops when its client is gone', async () => {
  const { journal, play } = await openGated(['short'])
  journal.isGated = false
  const { journal: shared } = play
  for (let version = 1; version < 2_000; version++) {
    const body = JSON.stringify({ at: version, event: { type: 'restarted', rules: {} } })
    if (version === 1) await play.sit().ask('game.create', { game: 'long', seats: 'open' })
    else await shared.append('long', version - 1, body)
  }
  journal.isGated = true
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  send(ann, 1, 'game.record', { game: 'long' })
  await settle()
  send(bob, 1, 'game.get', { game: 'short' })
  for (let read = 0; read < 3; read++) await journal.open()
  assert.ok(journal.begun.includes('short'), 'another one has had a turn between the pages')
  const before = journal.begun.length
  ann.leave()
  while (await journal.open());
  assert.ok(journal.begun.length <= before + 1, 'no page is read for somebody who has gone')
})

test('[S36] unread records take the places of their address only', async () => {
  const play = await Play.open({ limits: { recordsAtOnce: 3, recordsPerAddress: 2 } })
  const crowd = Array.from({ length: 5 }, () => play.sit())
  for (const person of crowd) {
    person.isReading = false
    send(person, 1, 'game.record', { game: 'main' })
  }
  await settle()
  assert.deepEqual(
    crowd.map((person) => ids(person).length),
    [1, 1, 0, 0, 0],
  )
  const other = play.sit('lines', '10.0.0.2')
  send(other, 1, 'game.record', { game: 'main' })
  await settle()
  assert.deepEqual(ids(other), [1])
  crowd[0]?.leave()
  crowd[1]?.read()
  await settle()
  assert.deepEqual(
    crowd.map((person) => ids(person).length),
    [1, 1, 1, 1, 0],
  )
})

test('[S48] a record of any length is read in pages, and its game is not loaded into memory', async () => {
  const { journal, play } = await openGated(['long'], { recordEntriesMax: 500 })
  journal.isGated = false
  for (let version = 1; version < 512; version++)
    await play.journal.append('long', version, JSON.stringify({ at: version, event: { type: 'restarted', rules: {} } }))
  const ann = play.sit()
  const read = [...(await play.journal.read('long')), ...(await play.journal.read('long', 256))]
  const pages = []
  for (let from: number | undefined = 1; from !== undefined; from = pages.at(-1)?.next)
    pages.push(await ann.ask('game.record', { game: 'long', from }))
  assert.deepEqual(
    pages.map(({ entries, head, next }) => [entries.length, head, next]),
    [
      [256, read[255]?.chain, 257],
      [256, read[511]?.chain, 513],
      [0, '', undefined],
    ],
  )
  assert.deepEqual(
    pages.flatMap(({ entries }) => entries.map(({ version, chain }) => `${version} ${chain}`)),
    read.map(({ version, chain }) => `${version} ${chain}`),
  )
  // A game in memory is answered without a read.
  journal.isGated = true
  send(ann, 90, 'game.get', { game: 'long' })
  await settle()
  assert.deepEqual(journal.begun, ['long'])
  journal.isGated = false
  while (await journal.open());
  assert.equal(await ann.refused('game.record', { game: 'long' }), 'too-many')
  for (const from of [1, 2]) assert.equal(await ann.refused('game.record', { game: 'nowhere', from }), 'no-such-game')
  for (const from of [0, -1, 1.5, '1'])
    assert.equal(await ann.refused('game.record', { game: 'long', from: from as number }), 'invalid-params')
})

test('[S36] a page of a record waits for its turn, and is not read for a client that is gone', async () => {
  const { journal, play } = await openGated(['a', 'b'])
  const [ann, bob] = [play.sit(), play.sit('lines', '10.0.0.2')]
  send(ann, 1, 'game.record', { game: 'a', from: 1 })
  send(ann, 2, 'game.record', { game: 'a', from: 1 })
  send(bob, 1, 'game.record', { game: 'b', from: 1 })
  await settle()
  assert.deepEqual(journal.begun, ['a'])
  await journal.open()
  assert.deepEqual(journal.begun, ['a', 'b'])
  ann.leave()
  while (await journal.open());
  assert.deepEqual(journal.begun, ['a', 'b'])
})

test('[S36] too many waiting reads are refused, and may be sent again', async () => {
  const { journal, play } = await openGated(['a', 'b', 'c'], { readsWaiting: 1 })
  const people = ['a', 'b', 'c'].map(() => play.sit())
  const asked = people.map((person, index) => person.refused('game.get', { game: 'abc'[index] ?? '' }))
  await settle()
  assert.equal(await asked[2], 'rate-limited')
  while (await journal.open());
  assert.deepEqual(await Promise.all(asked), ['accepted', 'accepted', 'rate-limited'])
})

test('[S36] [P7] a record has every entry as it is stored', async () => {
  const play = await Play.open()
  const ann = play.sit()
  await ann.ask('hello', { name: 'Ann "⭕" \\' })
  const { game } = await ann.ask('game.create', { opponent: { bot: 'casual' } })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  await settle()
  const record = await ann.ask('game.record', { game })
  const entries = await play.journal.read(game)
  assert.deepEqual(
    record.entries.map(({ version, at, event, chain }) => ({ version, body: JSON.stringify({ at, event }), chain })),
    entries.map(({ version, body, chain }) => ({ version, body, chain })),
  )
  assert.equal(record.head, entries.at(-1)?.chain)
  assert.equal(verifyEntries(entries), null)
  send(ann, 7, 'game.record', { game })
  await settle()
  assert.deepEqual((JSON.parse(ann.heard.at(-1) ?? '') as { result: unknown }).result, record)
})
