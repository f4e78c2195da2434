/** Commands at an old version of a game: repeats get the answer of the first time, and nobody gets them for nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageEntriesMax } from '../../journal/index.ts'
import { costs } from '../sessions/costs.ts'
import { CountingJournal } from '../testing/counting-journal.ts'
import { Play } from '../testing/play.ts'

test('[S35] a repeat is recognised at any age, also on a board that was cleared many times', async () => {
  const journal = new CountingJournal()
  const play = await Play.open({ journal, limits: { recordEntriesMax: 20 } })
  const ann = play.sit()
  const move = (version: number) => ({ game: 'main', player: 'X', x: version % 3, y: 1, version }) as const
  const answers = new Map<number, unknown>()
  // The creation, then a move and a clearing in turn.
  for (let version = 1; version < 1_000; version += 2) {
    answers.set(version, await ann.ask('game.move', move(version)))
    await ann.ask('game.restart', { game: 'main', version: version + 1 })
  }
  for (const version of [1, 19, 31, 601, 999]) {
    const before = journal.given
    assert.deepEqual(await ann.ask('game.move', move(version)), answers.get(version))
    assert.ok(journal.given - before <= 2 * pageEntriesMax, `${journal.given - before} entries read for a repeat`)
    const refusing = journal.given
    assert.equal(await ann.refused('game.move', { ...move(version), x: (version + 1) % 3 }), 'stale')
    assert.ok(journal.given - refusing <= 1, 'one entry is enough to see that it is no repeat')
    assert.equal(await ann.refused('game.move', { ...move(version), y: 2 }), 'stale')
  }
  assert.equal(await ann.refused('game.create', { game: 'main' }), 'id-taken')
  assert.equal(await ann.refused('game.record', { game: 'main' }), 'too-many')
})

test('[S43] a command at an old version costs as much as a record, whether or not it is a repeat', async () => {
  const rates = { requestsPerSecond: 1_000, addressUnitsPerSecond: 1, addressUnitBurst: 100 }
  const play = await Play.open({ limits: rates })
  const ann = play.sit()
  for (const x of [0, 1, 2]) await ann.ask('game.move', { game: 'main', player: x === 1 ? 'O' : 'X', x, y: 0 })
  for (const y of [0, 1]) {
    play.clock.advance(100_000)
    const old = { game: 'main', player: 'X', x: 0, y, version: 1 } as const
    const answers = []
    for (let count = 0; count < 12; count++) answers.push(await ann.refused('game.move', old))
    const served = answers.filter((answer) => answer !== 'rate-limited')
    assert.equal(served.length, 100 / costs['game.record'])
    assert.ok(served.every((answer) => answer === (y === 0 ? 'accepted' : 'stale')))
  }
})

test('[S35] the repeat of a move is answered in a game with more offers than a record has entries', async () => {
  const play = await Play.open({ limits: { recordEntriesMax: 8 } })
  const [ann, bob] = [play.sit(), play.sit()]
  const { game } = await ann.ask('game.create', {})
  await bob.ask('game.join', { game })
  const moved = await ann.ask('game.move', { game, x: 1, y: 1, version: 2 })
  const offers = [
    [ann, bob, 'draw'],
    [bob, ann, 'draw'],
    [ann, bob, 'takeback'],
  ] as const
  let version = 3
  for (const [person, other, what] of [...offers, ...offers]) {
    await person.ask('game.offer', { game, what, version })
    await other.ask('game.answer', { game, what, accept: false, version: version + 1 })
    version += 2
  }
  assert.deepEqual(await ann.ask('game.move', { game, x: 1, y: 1, version: 2 }), moved)
})
