/** A game is read from the first entry that still matters, with the same result as reading all entries. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, seededRandom } from '../../base/index.ts'
import { type Command, decide, evolve, type Game, presets } from '../../game/index.ts'
import { pageEntriesMax } from '../../journal/index.ts'
import { makeBody } from '../../protocol/index.ts'
import { readGame } from './fold.ts'
import { CountingJournal } from '../testing/counting-journal.ts'

const ann = { id: 'ann', name: 'Ann' }
const bob = { id: 'bob', name: 'Bob' }

const openBoard: Command = { type: 'create', rules: presets.gomoku, seats: 'open', public: false, players: {} }

const creations: readonly Command[] = [
  openBoard,
  { type: 'create', rules: presets.tictactoe, seats: 'open', public: true, players: {}, by: 'ann' },
  { type: 'create', rules: presets.tictactoe, seats: 'invite', public: false, players: { X: ann, O: bob }, by: 'ann' },
]

/** Draws a random command for an open board or a game between two players. */
function draw(random: Random, game: Game, clearings: number): Command {
  const { width, height } = game.rules
  if (game.seats === 'open' && random.below(clearings) === 0)
    return { type: 'restart', by: null, rules: random.below(2) === 0 ? presets.tictactoe : presets.gomoku }
  if (game.seats === 'open' || random.below(40) === 0)
    return { type: 'move', by: game.turn === 'X' ? 'ann' : 'bob', x: random.below(width), y: random.below(height) }
  const by = random.below(2) === 0 ? 'ann' : 'bob'
  if (game.offer === null) return { type: 'offer', by, what: random.below(2) === 0 ? 'draw' : 'takeback' }
  return { type: 'answer', by, what: game.offer.what, accept: game.offer.what === 'takeback' && random.below(2) === 0 }
}

/** Appends `length` entries to the journal. Returns the game at each version. */
async function play(journal: CountingJournal, create: Command, random: Random, length: number): Promise<Game[]> {
  const games: Game[] = []
  const clearings = 2 + random.below(400)
  for (let tries = 0; games.length < length && tries < 40 * length; tries++) {
    const game = games.at(-1) ?? null
    const decision = decide(game, game === null ? create : draw(random, game, clearings))
    if (decision.type !== 'event') continue
    assert.equal(await journal.append('a', games.length, makeBody(tries, decision.event)), 'stored')
    games.push(evolve(game, decision.event))
  }
  return games
}

test('[S35] a game can be read at any version, whatever was played and cleared before', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seededRandom(seed)
    const journal = new CountingJournal()
    const create = creations[seed % creations.length] ?? openBoard
    const games = await play(journal, create, random, 20 + random.below(1_500))
    const versions = Array.from({ length: 40 }, () => 1 + random.below(games.length))
    for (const version of [1, 2, pageEntriesMax, pageEntriesMax + 1, ...versions, games.length]) {
      if (version > games.length) continue
      assert.deepEqual(
        (await readGame(journal, 'a', version))?.game,
        games[version - 1],
        `seed ${seed}, version ${version}`,
      )
    }
    assert.deepEqual((await readGame(journal, 'a'))?.game, games.at(-1))
    assert.ok(journal.most <= pageEntriesMax)
  }
})

test('[S35] the number of entries read for an open board does not grow with its age', async () => {
  const journal = new CountingJournal()
  await play(journal, openBoard, seededRandom(3), 20_000)
  const before = journal.given
  await readGame(journal, 'a')
  // The entries since the last clearing: a full board, and the page in which the clearing was found.
  const most = presets.gomoku.width * presets.gomoku.height + 2 * pageEntriesMax
  assert.ok(journal.given - before <= most, `${journal.given - before} entries read`)
})

test('[S35] reading a game that does not exist gives null', async () => {
  assert.equal(await readGame(new CountingJournal(), 'a'), null)
})
