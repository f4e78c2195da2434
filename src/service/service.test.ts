import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Log, silentLog } from '../base/index.ts'
import { JournalFault, MemoryJournal, pageEntriesMax } from '../journal/index.ts'
import { makeMark } from './catalog/catalog-store-contract.ts'
import { MemoryCatalogStore } from './catalog/memory-catalog-store.ts'
import { CountingJournal } from './testing/counting-journal.ts'
import { Play, settle } from './testing/play.ts'

const winningColumn = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [0, 2],
] as const

test('[S1] the open board exists from the start, and anybody moves for either player', async () => {
  const play = await Play.open()
  const ann = play.sit()
  for (const [index, [x, y]] of winningColumn.entries())
    await ann.ask('game.move', { game: 'main', player: index % 2 === 0 ? 'X' : 'O', x, y })
  const view = await ann.ask('game.get', { game: 'main' })
  assert.equal(view.version, 6)
  assert.deepEqual(view.outcome, {
    winner: 'X',
    by: 'line',
    line: [
      [0, 0],
      [0, 1],
      [0, 2],
    ],
  })
  assert.equal(await ann.refused('game.move', { game: 'main', player: 'O', x: 2, y: 2 }), 'game-over')
  assert.equal((await ann.ask('game.restart', { game: 'main' })).board, '.........')
})

test('[S2] the mover gets the answer, all others the notification, nobody both', async () => {
  const play = await Play.open()
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  await eve.ask('game.watch', { game })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  assert.deepEqual(
    [ann, bob, eve].map((person) => person.news('game.changed').map(({ version }) => version)),
    [[2], [3], [3]],
  )
})

test('[S3] a repeat of an accepted command gets the same answer, however late; any other command stays stale', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const answers = []
  for (const [index, [x, y]] of winningColumn.entries())
    answers.push(
      await ann.ask('game.move', { game: 'main', player: index % 2 === 0 ? 'X' : 'O', x, y, version: index + 1 }),
    )
  for (const [index, [x, y]] of winningColumn.entries()) {
    const player = index % 2 === 0 ? 'X' : 'O'
    const again = await ann.ask('game.move', { game: 'main', player, x, y, version: index + 1 })
    assert.deepEqual(again, answers[index])
    assert.equal(await ann.refused('game.move', { game: 'main', player, x: 2, y: 2, version: index + 1 }), 'stale')
  }
  assert.equal((await play.journal.read('main')).length, 6)
})

test('[S4] creation is put-if-absent: a repeat gets the same game, a different creation is refused', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const made = await ann.ask('game.create', { game: 'ours', seat: 'any' })
  await bob.ask('game.join', { game: 'ours' })
  assert.deepEqual(await ann.ask('game.create', { game: 'ours', seat: 'any' }), made)
  // The name of the account does not matter for a repeat.
  await ann.ask('hello', { name: 'Anna' })
  assert.deepEqual(await ann.ask('game.create', { game: 'ours', seat: 'any' }), made)
  assert.equal(await ann.refused('game.create', { game: 'ours', seat: 'any', rules: 'gomoku' }), 'id-taken')
  assert.equal(await bob.refused('game.create', { game: 'ours', seat: 'any' }), 'id-taken')
  assert.equal(await bob.refused('game.create', { game: '-probe' }), 'id-taken')
})

test('[S4] the seat `any` is derived from the id, and both seats occur', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const seats: string[] = []
  for (let game = 0; game < 12; game++) {
    const make = { game: `any-${game}`, seat: 'any' } as const
    const made = await ann.ask('game.create', make)
    assert.deepEqual(await ann.ask('game.create', make), made)
    seats.push(made.players.X === null ? 'O' : 'X')
  }
  assert.deepEqual(new Set(seats), new Set(['X', 'O']))
})

test('[S5] if sixteen clients want one seat, exactly one gets it', async () => {
  const play = await Play.open()
  const { game } = await play.sit().ask('game.create', {})
  const results = await Promise.all(Array.from({ length: 16 }, () => play.sit().refused('game.join', { game })))
  assert.equal(results.filter((result) => result === 'accepted').length, 1)
  assert.equal(results.filter((result) => result === 'seat-taken').length, 15)
})

test('[S6] a token proves the account on any connection', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { token, account } = await ann.ask('hello', { name: 'Ann' })
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  ann.leave()
  const back = play.sit()
  const again = await back.ask('hello', { token })
  assert.deepEqual(again.account, account)
  assert.equal((await back.ask('game.move', { game, x: 0, y: 0 })).board, 'X........')
  assert.equal(await play.sit().refused('hello', { token: `${token}x` }), 'bad-token')
  assert.equal(await play.sit().refused('hello', { protocol: [2] }), 'unsupported-protocol')
})

test('[S7] requests after a hello on the same connection wait for it', async () => {
  const play = await Play.open()
  const { token, account } = await play.sit().ask('hello', { name: 'Ann' })
  const ann = play.sit()
  ann.session.hear(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { token } }))
  ann.session.hear(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'game.create', params: { game: 'mine' } }))
  await ann.session.finish()
  assert.deepEqual(
    ann.heard.map((message) => (JSON.parse(message) as { id: number }).id),
    [1, 2],
  )
  assert.deepEqual((await ann.ask('game.get', { game: 'mine' })).players.X, account)
})

test('[S8] a flag falls without a request, and the time of a move is charged to its player', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 10_000, incrementMs: 1_000 } })
  await play.pass(60_000)
  await bob.ask('game.join', { game })
  await play.pass(4_000)
  const moved = await ann.ask('game.move', { game, x: 0, y: 0 })
  assert.deepEqual([moved.clock?.X, moved.clock?.O, moved.clock?.running], [7_000, 10_000, true])
  await play.pass(3_000)
  assert.equal((await ann.ask('game.get', { game })).clock?.O, 7_000)
  await play.pass(7_001)
  const over = await ann.ask('game.get', { game })
  assert.deepEqual(over.outcome, { winner: 'X', by: 'time' })
})

test('[S9] two strangers who wish at the same time are paired, a third waits, and a repeated wish gets the same game', async () => {
  const play = await Play.open()
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  const [first, second, third] = await Promise.all([ann, bob, eve].map((person) => person.ask('lobby.play', {})))
  assert(first && second && third)
  assert.equal(first.game, second.game)
  assert.notEqual(third.game, first.game)
  assert.equal((await eve.ask('lobby.play', {})).game, third.game)
  const listed = await ann.ask('lobby.list', {})
  assert.deepEqual(
    listed.games.map(({ game, status }) => [game, status]),
    [
      [third.game, 'open'],
      [first.game, 'live'],
    ],
  )
  eve.leave()
  assert.equal((await ann.ask('lobby.list', {})).games.length, 1)
  const other = await play.sit().ask('lobby.play', {})
  assert.notEqual(other.game, third.game)
})

test('[S9] nobody is seated in a game with another clock or other rules than they asked for', async () => {
  const play = await Play.open()
  const [ann, eve, dan] = [play.sit(), play.sit(), play.sit()]
  const clock = { initialMs: 60_000, incrementMs: 0 }
  const waiting = await ann.ask('lobby.play', { clock })
  for (const wish of [{}, { clock: { ...clock, incrementMs: 1 } }, { clock, rules: 'misere' }])
    assert.notEqual((await play.sit().ask('lobby.play', wish)).game, waiting.game)
  assert.equal((await eve.ask('lobby.play', { clock })).game, waiting.game)
  assert.notEqual((await dan.ask('lobby.play', { clock })).game, waiting.game)
})

test('[S10] a bot moves by itself, and accepts a rematch with the seats swapped', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const { game } = await ann.ask('game.create', { opponent: { bot: 'random' } })
  await ann.ask('game.move', { game, x: 1, y: 1 })
  await settle()
  const view = await ann.ask('game.get', { game })
  assert.equal(view.board, 'O...X....')
  await ann.ask('game.resign', { game })
  await ann.ask('game.offer', { game, what: 'rematch' })
  await settle()
  const { next } = await ann.ask('game.get', { game })
  assert(next !== undefined)
  const rematch = await ann.ask('game.get', { game: next })
  assert.equal(rematch.players.X?.bot, 'random')
  assert.equal(rematch.version, 2)
})

test('[S11] a player to move who stays away from a stranger loses; a private game does not end', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('lobby.play', {})
  const { turn, players } = await bob.ask('lobby.play', {})
  const { account } = await ann.ask('hello', {})
  const [away, here] = turn !== null && players[turn]?.id === account.id ? [ann, bob] : [bob, ann]
  away.leave()
  await play.pass(1_000)
  await play.pass(120_000)
  assert.equal((await here.ask('game.get', { game })).outcome?.by, 'abandonment')
})

test('[S12] an idle game leaves memory and is loaded again on request', async () => {
  const play = await Play.open({ limits: { idleGameMs: 5_000 } })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', {})
  await ann.ask('game.unwatch', { game })
  for (let second = 0; second < 120; second++) await play.pass(1_000)
  assert.equal(play.service.liveGames, 0)
  assert.equal((await ann.ask('game.get', { game })).version, 1)
})

test('[S12] [S35] a board that was cleared many times leaves memory too, and is loaded again from a few entries', async () => {
  const journal = new CountingJournal()
  const play = await Play.open({ journal, limits: { idleGameMs: 5_000, recordEntriesMax: 20 } })
  const ann = play.sit()
  for (let version = 1; version < 2_000; version++) await ann.ask('game.restart', { game: 'main', version })
  const moved = await ann.ask('game.move', { game: 'main', player: 'X', x: 1, y: 1 })
  for (let second = 0; second < 120; second++) await play.pass(1_000)
  assert.equal(play.service.liveGames, 0)
  const before = journal.given
  assert.deepEqual(await ann.ask('game.get', { game: 'main' }), moved)
  assert.ok(journal.given - before <= pageEntriesMax + 1, `${journal.given - before} entries read`)
})

test('[S13] an account finds its games again, newest first', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const made = []
  for (const game of ['one', 'two', 'three']) {
    made.unshift((await ann.ask('game.create', { game })).game)
    await play.pass(10)
  }
  assert.equal(await ann.refused('game.offer', { game: 'one', what: 'draw' }), 'not-started')
  const { games } = await ann.ask('account.games', {})
  assert.deepEqual(
    games.map(({ game }) => game),
    made,
  )
})

test('[S14] an unknown outcome is answered as unknown, and repeating the request finds it out', async () => {
  const journal = new LossyJournal()
  const play = await Play.open({ journal })
  const ann = play.sit()
  journal.losesAnswer = true
  const move = { game: 'main', player: 'X', x: 1, y: 1, version: 1 } as const
  assert.equal(await ann.refused('game.move', move), 'outcome-unknown')
  journal.losesAnswer = false
  assert.equal((await ann.ask('game.move', move)).version, 2)
  assert.equal((await journal.read('main')).length, 2)
})

test('[S15] with a full journal moves are refused and readiness reports it; both recover when there is space', async () => {
  const journal = new LossyJournal()
  const play = await Play.open({ journal })
  const ann = play.sit()
  journal.isFull = true
  assert.equal(await ann.refused('game.move', { game: 'main', x: 1, y: 1 }), 'storage-full')
  assert.equal((await ann.ask('game.get', { game: 'main' })).version, 1)
  const report = await play.service.readiness()
  assert.equal(report.ready, false)
  assert.match(report.checks['journal'] ?? '', /storage-full/)
  journal.isFull = false
  await play.pass(1_000)
  assert.equal((await play.service.readiness()).ready, true)
  assert.equal((await ann.ask('game.move', { game: 'main', x: 1, y: 1 })).version, 2)
})

test('[S16] a server that drains says so, answers accepted commands, and refuses new ones', async () => {
  const play = await Play.open()
  const ann = play.sit()
  const answer = ann.ask('game.move', { game: 'main', x: 1, y: 1 })
  const drained = play.service.drain('restart', 500)
  assert.equal(await ann.refused('game.move', { game: 'main', x: 0, y: 0 }), 'unavailable')
  assert.equal((await answer).version, 2)
  await drained
  assert.deepEqual(ann.news('server.closing'), [{ reason: 'restart', reconnectInMs: 500 }])
})

test('[S17] too many requests a second are refused with the time to wait', async () => {
  const play = await Play.open({ limits: { requestsPerSecond: 10, requestBurst: 3 } })
  const ann = play.sit()
  const results = []
  for (let request = 0; request < 5; request++) results.push(await ann.refused('ping', {}))
  assert.deepEqual(results, ['accepted', 'accepted', 'accepted', 'rate-limited', 'rate-limited'])
  await play.pass(200)
  assert.equal(await ann.refused('ping', {}), 'accepted')
})

test('[S18] two services over one journal never both accept a move, and notify of each other’s moves', async () => {
  const journal = new MemoryJournal()
  const [here, there] = [await Play.open({ journal }), await Play.open({ journal, seed: 2 })]
  const [ann, bob] = [here.sit(), there.sit()]
  await bob.ask('game.watch', { game: 'main' })
  const race = await Promise.all([
    ann.refused('game.move', { game: 'main', player: 'X', x: 0, y: 0, version: 1 }),
    bob.refused('game.move', { game: 'main', player: 'X', x: 1, y: 1, version: 1 }),
  ])
  assert.deepEqual(race.toSorted(), ['accepted', 'stale'])
  await settle()
  await ann.ask('game.move', { game: 'main', player: 'O', x: 2, y: 2 })
  await settle()
  assert.equal(bob.news('game.changed').at(-1)?.['version'], 3)
})

test('[S19] the lobby shows an open game while its owner is connected, and its watchers are notified of changes', async () => {
  const play = await Play.open()
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  await eve.ask('lobby.watch', { rules: 'tictactoe' })
  const { game } = await ann.ask('game.create', { public: true })
  await bob.ask('game.create', { public: true, rules: 'gomoku' })
  await bob.ask('game.create', {})
  const heard = (): unknown[] =>
    eve
      .news('lobby.changed')
      .map((change) => [change['game'], (change['summary'] as { status: string } | null)?.status])
  assert.deepEqual(heard(), [[game, 'open']])
  await play.pass(200)
  ann.leave()
  assert.deepEqual(heard().slice(1), [[game, undefined]])
  assert.equal((await eve.ask('lobby.list', {})).games.length, 1)
  await play.pass(200)
  await bob.ask('game.join', { game })
  assert.deepEqual(heard().slice(2), [[game, 'live']])
  await play.pass(200)
  await bob.ask('game.resign', { game })
  assert.deepEqual(heard().slice(3), [[game, undefined]])
})

test('[S13] the histories are rebuilt for another journal', async () => {
  const store = new MemoryCatalogStore()
  await store.put([], makeMark('7'))
  const play = await Play.open({ store })
  const ann = play.sit()
  const { game } = await ann.ask('game.create', {})
  assert.equal((await ann.ask('account.games', {})).games[0]?.game, game)
})

class LossyJournal extends MemoryJournal {
  losesAnswer = false
  isFull = false

  override async append(game: string, after: number, body: string): ReturnType<MemoryJournal['append']> {
    if (this.isFull) throw new JournalFault('storage-full', 'no space left')
    const appended = await super.append(game, after, body)
    if (this.losesAnswer) throw new JournalFault('outcome-unknown', 'no answer')
    return appended
  }
}

test('at level debug the log says which account did what', async () => {
  const logged: object[] = []
  const log: Log = { ...silentLog, debug: (fields, event) => void (event === 'stored' && logged.push(fields)) }
  const play = await Play.open({ log })
  const ann = play.sit()
  const { account } = await ann.ask('hello', {})
  await ann.ask('game.create', { game: 'a', opponent: { bot: 'random' }, seat: 'X' })
  await ann.ask('game.move', { game: 'a', x: 1, y: 1 })
  const own = logged.filter(
    (each) => 'game' in each && each.game === 'a' && 'account' in each && each.account === account.id,
  )
  assert.deepEqual(
    own.map((each) => ('event' in each ? each.event : '')),
    ['created', 'moved'],
  )
  await play.service.close()
})
