/** Clocks: the time that each event is charged with, through the whole service. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, VirtualClock } from '../../base/index.ts'
import { type Appended, MemoryJournal } from '../../journal/index.ts'
import { limits, parseBody } from '../../protocol/index.ts'
import { Play, settle } from '../testing/play.ts'

/** A journal whose commits take time. */
class SlowJournal extends MemoryJournal {
  commitMs = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  override async append(...entry: Parameters<MemoryJournal['append']>): Promise<Appended> {
    const appended = await super.append(...entry)
    if (this.commitMs > 0) await new Promise<void>((resolve) => void this.#clock.after(this.commitMs, resolve))
    return appended
  }
}

async function openSlow(): Promise<{ readonly play: Play; readonly journal: SlowJournal }> {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new SlowJournal(clock)
  return { play: await Play.open({ journal, clock }), journal }
}

/** The sum of the charges of a game's events, and the time since both seats were taken; in ms. */
async function sumUp({ journal }: Play, game: string): Promise<readonly [charged: number, passed: number]> {
  const stored = (await journal.read(game)).map(({ body }) => parseBody(body))
  const charged = stored.reduce((sum, { event }) => sum + ('elapsedMs' in event ? (event.elapsedMs ?? 0) : 0), 0)
  return [charged, (stored.at(-1)?.at ?? 0) - (stored[1]?.at ?? 0)]
}

const minute = { initialMs: 60_000, incrementMs: 0 } as const

test('[S30] the charges of a game’s events add up to the time that passed, commits and fractions included', async () => {
  const { play, journal } = await openSlow()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: minute })
  await bob.ask('game.join', { game })
  journal.commitMs = 40
  for (const [person, x] of [ann, bob, ann].map((each, turn) => [each, turn] as const)) {
    await play.pass(300.4)
    void person.ask('game.offer', { game, what: 'draw' })
    await settle()
    await play.pass(50.3)
    void person.ask('game.answer', { game, what: 'draw', accept: false })
    await settle()
    await play.pass(700.7)
    void person.ask('game.move', { game, x, y: 0 })
    await settle()
    await play.pass(40)
  }
  assert.deepEqual(await sumUp(play, game), [3_234, 3_234])
  const { clock } = await bob.ask('game.get', { game })
  assert.deepEqual([clock?.X, clock?.O], [60_000 - 1_051 - 1_092, 60_000 - 1_091 - 40])
})

test('[S30] offers and withdrawals at full speed do not stop a clock', async () => {
  const { play, journal } = await openSlow()
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', { clock: { initialMs: 5_000, incrementMs: 0 } })
  await bob.ask('game.join', { game })
  journal.commitMs = 3.7
  for (let passed = 0; passed < 5_100; passed += 3.7) {
    void ann.refused('game.offer', { game, what: passed % 2 < 1 ? 'draw' : 'takeback' })
    void ann.refused('game.answer', { game, what: 'draw', accept: false })
    await settle()
    await play.pass(3.7)
  }
  assert.deepEqual((await bob.ask('game.get', { game })).outcome, { winner: 'O', by: 'time' })
})

test('[S31] a move that waits for a commit is charged until it was received, within a limit', async () => {
  for (const [commitMs, chargedMs] of [
    [400, 100],
    [limits.heardMsMax + 500, 500],
  ] as const) {
    const { play, journal } = await openSlow()
    const [ann, bob] = [play.sit(), play.sit()]
    const { game } = await ann.ask('game.create', { clock: minute })
    await bob.ask('game.join', { game })
    journal.commitMs = commitMs
    void bob.ask('game.offer', { game, what: 'draw' })
    await settle()
    await play.pass(100)
    const moved = ann.ask('game.move', { game, x: 0, y: 0 })
    await settle()
    await play.pass(commitMs - 100)
    journal.commitMs = 0
    await play.pass(commitMs)
    assert.equal((await moved).clock?.X, 60_000 - chargedMs)
  }
})

test('[S32] a node that did not have a game in memory charges the time since its last event', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new MemoryJournal()
  const here = await Play.open({ journal, clock })
  const [ann, bob] = [here.sit(), here.sit()]
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', { clock: minute })
  await bob.ask('game.join', { game })
  await here.pass(6_000)
  const there = await Play.open({ journal, clock, seed: 2 })
  const again = there.sit()
  await again.ask('hello', { token })
  assert.equal((await again.ask('game.get', { game })).clock?.X, 54_000)
  assert.equal((await again.ask('game.move', { game, x: 0, y: 0 })).clock?.X, 54_000)
})

test('[S32] a node whose clock is behind charges the time that it has seen pass', async () => {
  const journal = new MemoryJournal()
  const [early, late] = [new VirtualClock(1_790_000_000_000), new VirtualClock(1_789_999_990_000)]
  const [here, there] = [await Play.open({ journal, clock: early }), await Play.open({ journal, clock: late, seed: 2 })]
  const [ann, bob] = [here.sit(), there.sit()]
  const { game } = await ann.ask('game.create', { clock: minute })
  await bob.ask('game.join', { game })
  await ann.ask('game.move', { game, x: 0, y: 0 })
  early.advance(3_000)
  await there.pass(3_000)
  const { clock } = await bob.ask('game.move', { game, x: 1, y: 0 })
  assert.equal(clock?.O, 57_000)
  early.advance(2_000)
  await there.pass(2_000)
  await ann.ask('game.move', { game, x: 2, y: 0 })
  // X was awaited when O joined, so the difference between the two clocks was charged to nobody.
  assert.equal((await bob.ask('game.get', { game })).clock?.X, 60_000 - 2_000)
})

const blitz = { initialMs: 3_000, incrementMs: 0 } as const

/** Ann's game with a short clock, which Bob has joined while she was disconnected. */
async function joinAlone() {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  const { token } = await ann.ask('hello', {})
  const { game } = await ann.ask('game.create', { clock: blitz })
  ann.leave()
  await play.pass(1_000)
  const joined = await bob.ask('game.join', { game })
  const again = play.sit()
  await again.ask('hello', { token })
  return { play, bob, again, game, joined }
}

test('[S34] the clock of a player who was disconnected when the other joined waits for them', async () => {
  const { play, bob, again, game, joined } = await joinAlone()
  assert.equal(joined.clock?.running, false)
  await play.pass(10_000)
  assert.deepEqual((await bob.ask('game.get', { game })).clock, { control: blitz, X: 3_000, O: 3_000, running: false })
  const watched = await again.ask('game.watch', { game })
  assert.deepEqual([watched.clock?.running, watched.clock?.X], [true, 3_000])
  assert.partialDeepStrictEqual(bob.news('game.changed').at(-1), { version: 2, clock: { X: 3_000, running: true } })
  await play.pass(1_000)
  assert.equal((await again.ask('game.move', { game, x: 0, y: 0 })).clock?.X, 2_000)
  await play.pass(3_000)
  assert.deepEqual((await bob.ask('game.get', { game })).outcome, { winner: 'X', by: 'time' })
})

test('[S34] the clock waits only for arrivalMs, then it runs and its flag falls', async () => {
  const { play, bob, game } = await joinAlone()
  await play.pass(limits.arrivalMs - 1)
  assert.equal(bob.news('game.changed').length, 0)
  await play.pass(1)
  assert.partialDeepStrictEqual(bob.news('game.changed').at(-1), { version: 2, clock: { X: 3_000, running: true } })
  await play.pass(2_999)
  assert.equal((await bob.ask('game.get', { game })).outcome, null)
  await play.pass(1)
  assert.deepEqual((await bob.ask('game.get', { game })).outcome, { winner: 'O', by: 'time' })
  const [, joined] = (await play.journal.read(game)).map(({ body }) => parseBody(body).event)
  assert.partialDeepStrictEqual(joined, { type: 'joined', player: 'O', awaited: ['X'] })
})

test('[S34] the first move of a player who never connected costs nothing, and the next is charged', async () => {
  const { play, again, bob, game } = await joinAlone()
  await play.pass(5_000)
  assert.equal((await again.ask('game.move', { game, x: 0, y: 0 })).clock?.X, 3_000)
  await bob.ask('game.move', { game, x: 1, y: 0 })
  await play.pass(1_000)
  assert.equal((await again.ask('game.move', { game, x: 2, y: 0 })).clock?.X, 2_000)
})

test('[G32] [S34] a rematch of strangers is public, and its clocks wait until they have come', async () => {
  const play = await Play.open()
  const [ann, bob] = [play.sit(), play.sit()]
  await ann.ask('lobby.play', { clock: blitz })
  const { game } = await bob.ask('lobby.play', { clock: blitz })
  await ann.ask('game.resign', { game })
  await ann.ask('game.offer', { game, what: 'rematch' })
  const { next = '' } = await bob.ask('game.answer', { game, what: 'rematch' })
  assert.ok((await ann.ask('lobby.list', {})).games.some((row) => row.game === next))
  await play.pass(2_500)
  const [first, second] = [await ann.ask('game.watch', { game: next }), await bob.ask('game.watch', { game: next })]
  assert.deepEqual([first.clock?.X, second.clock?.X, second.clock?.running], [3_000, 3_000, true])
})
