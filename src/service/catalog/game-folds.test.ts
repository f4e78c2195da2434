import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { MemoryJournal } from '../../journal/index.ts'
import { MemoryNodeBus } from '../cluster/node-bus.ts'
import { Play } from '../testing/play.ts'

/** Counts the pages that are read of each game. */
class CountingJournal extends MemoryJournal {
  readonly pages = new Map<string, number>()

  override read(...asked: Parameters<MemoryJournal['read']>): ReturnType<MemoryJournal['read']> {
    this.pages.set(asked[0], (this.pages.get(asked[0]) ?? 0) + 1)
    return super.read(...asked)
  }
}

test('[N9] a game that is played on another node is not read again after each move, and its row is right', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const exchange = new MemoryNodeBus()
  const journal = new MemoryJournal()
  const idle = new CountingJournal({ id: journal.id })
  journal.follow('', (entries) => {
    for (const { game, version, body } of entries) void idle.append(game, version - 1, body)
  })
  const busy = await Play.open({ journal, clock, exchange: exchange.join('busy') })
  const other = await Play.open({ journal: idle, clock, seed: 2, exchange: exchange.join('idle') })
  const [ann, bob] = [busy.sit(), busy.sit()]
  const board = await ann.ask('game.create', { game: 'board', seats: 'open', rules: '25,25,25' })
  const { token } = await ann.ask('hello', {})
  await ann.ask('game.create', { game: 'duel', rules: '5,5,5', clock: { initialMs: 600_000, incrementMs: 0 } })
  await bob.ask('game.join', { game: 'duel' })
  await busy.pass(5_000)
  idle.pages.clear()
  for (let move = 0; move < 20; move++) {
    await ann.ask('game.move', { game: board.game, x: move, y: 0 })
    await (move % 2 === 0 ? ann : bob).ask('game.move', { game: 'duel', x: move % 5, y: Math.floor(move / 5) })
    await busy.pass(1_500)
  }
  const eve = other.sit()
  await eve.ask('hello', { token })
  const { games } = await eve.ask('account.games', {})
  assert.deepEqual(
    games.map(({ game, status }) => [game, status]),
    [['duel', 'live']],
  )
  await bob.ask('game.resign', { game: 'duel' })
  await busy.pass(1_500)
  const [ended] = (await eve.ask('account.games', {})).games
  assert.deepEqual([ended?.status, ended?.outcome?.by], ['over', 'resignation'])
  assert.ok((idle.pages.get('board') ?? 0) <= 1, `the board was read ${idle.pages.get('board')} times`)
  assert.ok((idle.pages.get('duel') ?? 0) <= 1, `the duel was read ${idle.pages.get('duel')} times`)
})

test('[S13] a row is not replaced by an older one that the follower delivers late', async () => {
  const clock = new VirtualClock(1_790_000_000_000)
  const journal = new MemoryJournal()
  const held: (() => void)[] = []
  let isHeld = false
  const follow = journal.follow.bind(journal)
  journal.follow = (after, hear) =>
    follow(after, (entries) => (isHeld ? void held.push(() => hear(entries)) : hear(entries)))
  const late = await Play.open({ journal, clock })
  journal.follow = follow
  const other = await Play.open({ journal, clock, seed: 2 })
  await late.pass(2_000)
  isHeld = true
  const [ann, bob] = [other.sit(), late.sit()]
  await ann.ask('game.create', { game: 'a' })
  await bob.ask('game.join', { game: 'a' })
  await late.pass(2_000)
  isHeld = false
  for (const deliver of held) {
    deliver()
    await late.pass(2_000)
  }
  const { games } = await bob.ask('account.games', {})
  assert.deepEqual(
    games.map(({ game, status }) => [game, status]),
    [['a', 'live']],
  )
})
