/** Quick match and the list of games when clients leave, the journal is slow, and many players wish at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryJournal } from '../../journal/index.ts'
import { type Person, Play, settle } from '../testing/play.ts'

/** A journal whose appends to some games wait until they are released. */
class BlockedJournal extends MemoryJournal {
  /** Which games wait; null: none. */
  stuck: ((game: string) => boolean) | null = null
  readonly #gate = Promise.withResolvers<void>()

  override async append(...entry: Parameters<MemoryJournal['append']>): ReturnType<MemoryJournal['append']> {
    if (this.stuck?.(entry[0]) === true) await this.#gate.promise
    return super.append(...entry)
  }

  release(): void {
    this.stuck = null
    this.#gate.resolve()
  }
}

test('[S9] nobody is paired with a player who opened a game and has left', async () => {
  const play = await Play.open()
  const [ann, bob, cat] = [play.sit(), play.sit(), play.sit()]
  const left = await ann.ask('lobby.play', {})
  ann.leave()
  const opened = await bob.ask('lobby.play', {})
  assert.notEqual(opened.game, left.game)
  const joined = await cat.ask('lobby.play', {})
  assert.equal(joined.game, opened.game)
})

test('[S9] nobody is paired with a player who leaves while their game is being opened', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal })
  const [ann, bob] = [play.sit(), play.sit()]
  journal.stuck = () => true
  const lost = ann.refused('lobby.play', {})
  const wish = bob.ask('lobby.play', {})
  await settle()
  ann.leave()
  journal.release()
  await lost
  await play.pass(600)
  const { players, version } = await wish
  assert.equal(version, 1)
  assert.equal((players.X ?? players.O)?.id, (await bob.ask('hello', {})).account.id)
})

test('[S9] a wish of a connection that is gone is not granted', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal })
  const [ann, bob, cat] = [play.sit(), play.sit(), play.sit()]
  journal.stuck = () => true
  const opened = ann.ask('lobby.play', {})
  // Bob is to join the game that Ann is opening, and leaves before it exists.
  const lost = bob.refused('lobby.play', {})
  await settle()
  bob.leave()
  journal.release()
  const { game } = await opened
  assert.equal(await lost, 'unavailable')
  assert.equal((await ann.ask('game.get', { game })).version, 1)
  assert.equal((await cat.ask('lobby.play', {})).game, game)
})

test('[S9] a wish waits neither for the append of another wish nor for a blocked part of the journal', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal })
  journal.stuck = (game) => game !== 'open'
  const people = Array.from({ length: 100 }, (_, index) => play.sit('lines', `192.0.2.${index}`))
  const stuck = people.map((person, index) => person.ask('lobby.play', { rules: `${4 + (index % 20)},3,3` }))
  await settle()
  const [ann, bob] = [play.sit(), play.sit()]
  journal.stuck = null
  const { game } = await ann.ask('lobby.play', {})
  assert.equal((await bob.ask('lobby.play', {})).game, game)
  journal.release()
  await play.pass(600)
  await Promise.all(stuck)
})

test('[S40] the wishes in progress are limited per connection and per address, and do not delay other clients', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal, limits: { wishesPerConnection: 2, wishesPerAddress: 5 } })
  journal.stuck = () => true
  const wish = (person: Person, width: number): Promise<string> =>
    person.refused('lobby.play', { rules: `${width},3,3` })
  const people = Array.from({ length: 3 }, () => play.sit())
  const wishes = people.flatMap((person) => [4, 5, 6].map((width) => wish(person, width)))
  const other = wish(play.sit('lines', '192.0.2.7'), 7)
  await settle()
  journal.release()
  await play.pass(1_000)
  const answers = await Promise.all(wishes)
  assert.equal(answers.filter((answer) => answer === 'accepted').length, 5)
  assert.equal(answers.filter((answer) => answer === 'rate-limited').length, 4)
  assert.equal(await other, 'accepted')
  assert.equal(await wish(people[0] ?? play.sit(), 6), 'accepted')
})

test('[S9] two clocks are equal whatever the order of their members', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('lobby.play', { clock: { initialMs: 60_000, incrementMs: 1_000 } })
  assert.equal((await bob.ask('lobby.play', { clock: { incrementMs: 1_000, initialMs: 60_000 } })).game, game)
})

test('[S19] one address cannot fill the lobby, even with many accounts', async () => {
  const play = await Play.open({ limits: { lobbyGamesPerAddress: 3 } })
  const games: string[] = []
  for (let count = 0; count < 6; count++)
    games.push((await play.sit('lines', '192.0.2.1').ask('game.create', { public: true })).game)
  const [bob, eve] = [play.sit(), play.sit()]
  const own = (await bob.ask('game.create', { public: true })).game
  const shown = async (): Promise<readonly string[]> => (await eve.ask('lobby.list', {})).games.map(({ game }) => game)
  assert.deepEqual(await shown(), [...games.slice(0, 3), own])
  // A live game keeps its place until it is over.
  await bob.ask('game.join', { game: games[1] ?? '' })
  assert.deepEqual(await shown(), [games[0], games[2], own, games[1]])
  await bob.ask('game.resign', { game: games[1] ?? '' })
  assert.deepEqual(await shown(), [games[0], games[2], own, games[3]])
})

test('[S41] a game that comes and goes at once is not reported, and frequent changes are reported together', async () => {
  const play = await Play.open()
  const [eve, ann] = [play.sit(), play.sit()]
  await eve.ask('lobby.watch', {})
  const first = (await ann.ask('game.create', { public: true })).game
  for (let count = 0; count < 5; count++) {
    const { game } = await ann.ask('game.create', { public: true })
    await ann.ask('game.unwatch', { game })
  }
  const last = (await ann.ask('game.create', { public: true })).game
  await play.pass(100)
  assert.deepEqual(
    eve.news('lobby.changed').map(({ game }) => game),
    [first, last],
  )
})

test('[S9] a player who begins a game with a clock waits in no other one, and is never seated in two', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal })
  const clock = { initialMs: 60_000, incrementMs: 0 }
  const ann = play.sit()
  const [one, two, untimed] = [
    await ann.ask('lobby.play', { clock }),
    await ann.ask('lobby.play', { clock, rules: 'gomoku' }),
    await ann.ask('lobby.play', { rules: 'wild' }),
  ]
  // Both wishes are sent before either is stored.
  journal.stuck = () => true
  const wishes = [play.sit().ask('lobby.play', { clock }), play.sit().ask('lobby.play', { clock, rules: 'gomoku' })]
  await settle()
  journal.release()
  await play.pass(100)
  const seats = await Promise.all(wishes)
  assert.deepEqual(
    seats.map(({ game }) => [one.game, two.game].includes(game)),
    [true, false],
  )
  assert.deepEqual((await ann.ask('game.get', { game: two.game })).outcome, { winner: null, by: 'withdrawal' })
  assert.equal((await ann.ask('game.get', { game: untimed.game })).outcome, null)
  assert.equal((await play.sit().ask('lobby.play', { clock, rules: 'gomoku' })).game, seats[1]?.game)
})

test('[S9] a game that is being opened while its owner begins another is withdrawn once it exists', async () => {
  const journal = new BlockedJournal()
  const play = await Play.open({ journal })
  const clock = { perMoveMs: 5_000 }
  const [ann, bob] = [play.sit(), play.sit()]
  const first = await ann.ask('lobby.play', { clock })
  journal.stuck = (game) => game !== first.game
  const second = ann.ask('lobby.play', { clock, rules: 'gomoku' })
  await settle()
  assert.equal((await bob.ask('lobby.play', { clock })).game, first.game)
  journal.release()
  const { game } = await second
  await settle()
  assert.equal((await ann.ask('game.get', { game })).outcome?.by, 'withdrawal')
})

test('[G34] a withdrawn game leaves the lobby and is in its owner’s history, and a repeat is answered', async () => {
  const play = await Play.open()
  const [ann, bob, eve] = [play.sit(), play.sit(), play.sit()]
  await eve.ask('lobby.watch', {})
  const { game } = await ann.ask('game.create', { public: true })
  assert.equal(await bob.refused('game.resign', { game, version: 1 }), 'not-your-seat')
  const gone = await ann.ask('game.resign', { game, version: 1 })
  assert.deepEqual(
    [gone.outcome, gone.turn, gone.last],
    [{ winner: null, by: 'withdrawal' }, null, { type: 'withdrawn', player: gone.players.X === null ? 'O' : 'X' }],
  )
  assert.deepEqual(await ann.ask('game.resign', { game, version: 1 }), gone)
  assert.deepEqual((await eve.ask('lobby.list', {})).games, [])
  assert.equal(await bob.refused('game.join', { game }), 'game-over')
  assert.equal(await ann.refused('game.offer', { game, what: 'rematch' }), 'game-over')
  const [row] = (await ann.ask('account.games', {})).games
  assert.deepEqual([row?.game, row?.status, row?.outcome?.by], [game, 'over', 'withdrawal'])
})

/** The games in which the account owns a seat: each wish must be granted once. */
async function seatsOf(person: Person): Promise<readonly string[]> {
  return (await person.ask('account.games', {})).games.map(({ game }) => game)
}

test('[S9] a repeated wish with a key gets the first answer: opened, joined, and after moves', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const opened = await ann.ask('lobby.play', { key: 'wish-1' })
  assert.deepEqual([opened.game, opened.version], ['wish-1', 1])
  assert.equal((await ann.ask('lobby.play', { key: 'wish-1' })).game, 'wish-1')
  const joined = await bob.ask('lobby.play', { key: 'wish-2' })
  assert.equal(joined.game, 'wish-1')
  // Another player waits meanwhile: a repeat does not sit down there as well.
  const other = await play.sit().ask('lobby.play', {})
  assert.deepEqual(await bob.ask('lobby.play', { key: 'wish-2' }), joined)
  assert.equal((await ann.ask('lobby.play', { key: 'wish-1' })).game, 'wish-1')
  await bob.ask('game.resign', { game: 'wish-1' })
  assert.equal((await bob.ask('lobby.play', { key: 'wish-2' })).outcome?.by, 'resignation')
  assert.deepEqual([await seatsOf(ann), await seatsOf(bob)], [['wish-1'], ['wish-1']])
  // Another wish finds another game.
  assert.equal((await bob.ask('lobby.play', { key: 'wish-3' })).game, other.game)
})

test('[S9] a key belongs to one account and one kind of game', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  await ann.ask('lobby.play', { key: 'hers' })
  assert.equal(await ann.refused('lobby.play', { key: 'hers', rules: 'gomoku' }), 'id-taken')
  assert.equal(await ann.refused('lobby.play', { key: 'hers', clock: { perMoveMs: 5_000 } }), 'id-taken')
  await bob.ask('game.create', { game: 'his' })
  assert.equal(await ann.refused('lobby.play', { key: 'main', rules: 'wild' }), 'id-taken')
  assert.equal(await ann.refused('lobby.play', { key: 'his', rules: 'wild' }), 'id-taken')
  assert.equal(await ann.refused('lobby.play', { key: '-probe' }), 'id-taken')
})

test('[S9] a repeated wish gets the first answer after a restart, on another node, and if sent twice at once', async () => {
  const journal = new MemoryJournal()
  const one = await Play.open({ journal })
  const [ann, bob] = [one.sit(), one.sit()]
  const { token } = await bob.ask('hello', {})
  const { game } = await ann.ask('lobby.play', { key: 'first' })
  const twice = await Promise.all([bob.ask('lobby.play', { key: 'second' }), bob.ask('lobby.play', { key: 'second' })])
  assert.deepEqual(
    twice.map((view) => view.game),
    [game, game],
  )
  const two = await Play.open({ journal, seed: 2 })
  const back = two.sit()
  await back.ask('hello', { token })
  await two.sit().ask('lobby.play', {})
  assert.equal((await back.ask('lobby.play', { key: 'second' })).game, game)
})

test('[S9] if the seat was taken by another player, the wish is granted in another game, once', async () => {
  const journal = new MemoryJournal()
  const append = journal.append.bind(journal)
  const play = await Play.open({ journal })
  const [ann, bob, cat] = [play.sit(), play.sit(), play.sit()]
  const { game } = await ann.ask('lobby.play', { key: 'first' })
  // While the game for Bob's wish is being recorded, Cat sits down there.
  journal.append = async (...entry) => {
    if (entry[0] === 'second') {
      journal.append = append
      await cat.ask('game.join', { game })
    }
    return append(...entry)
  }
  const granted = await bob.ask('lobby.play', { key: 'second' })
  assert.notEqual(granted.game, game)
  assert.deepEqual(await bob.ask('lobby.play', { key: 'second' }), granted)
  assert.deepEqual(await seatsOf(bob), [granted.game])
})
