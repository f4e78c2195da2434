import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameView } from '../protocol/index.ts'
import type { GameHandle } from './index.ts'
import { collect, makeGame, setUpOpen, type ClientStand } from './testing/client-stand.ts'

async function setUpGame(view: GameView = makeGame()): Promise<ClientStand & { readonly game: GameHandle }> {
  const stage = setUpOpen()
  const watching = stage.client.game(view.game)
  stage.wire.answer(stage.wire.hear('game.watch'), view)
  return { ...stage, game: await watching }
}

test('[C16] a change right after the first answer is not missed', async () => {
  const { client, wire } = setUpOpen()
  const made = client.create({ opponent: { bot: 'random' } })
  wire.answer(wire.hear('game.create'), makeGame(2))
  wire.say('game.changed', makeGame(3, 'X........'))
  assert.equal((await made).view.version, 3)
})

test('[C16] only a newer view replaces the current one', async () => {
  const { wire, game } = await setUpGame(makeGame(4, 'XO.......'))
  let changes = 0
  game.onChange(() => changes++)
  wire.say('game.changed', makeGame(4, '.........'))
  wire.say('game.changed', makeGame(3, 'X........'))
  assert.equal(game.view.board, 'XO.......')
  assert.equal(changes, 0)
  wire.say('game.changed', makeGame(7, 'XOXOX....'))
  assert.equal(game.view.board, 'XOXOX....')
  assert.equal(changes, 1)
})

test('[C16] the same game has the same handle until it is closed', async () => {
  const { client, wire, game } = await setUpGame()
  const joined = client.join('g')
  wire.answer(wire.hear('game.join'), makeGame(3))
  assert.equal(await joined, game)
  game.close()
  wire.hear('game.unwatch')
  const watched = client.game('g')
  wire.answer(wire.hear('game.watch'), makeGame(3))
  assert.notEqual(await watched, game)
})

test('[C17] a legal move shows at once and is confirmed by the answer', async () => {
  const { wire, game } = await setUpGame()
  assert.equal(game.myPlayer, 'X')
  assert.equal(game.myTurn, true)
  const moved = game.move(1, 1)
  assert.deepEqual([game.shown.board, game.shown.turn, game.view.board], ['....X....', 'O', '.........'])
  assert.deepEqual([game.pending, game.myTurn], [true, false])
  const request = wire.hear('game.move')
  assert.deepEqual(request.params, { game: 'g', x: 1, y: 1, version: 2 })
  wire.answer(request, makeGame(3, '....X....'))
  assert.equal((await moved).version, 3)
  assert.equal(game.shown, game.view)
  assert.equal(game.pending, false)
})

test('[C17] a move that wins shows the win', async () => {
  const { game } = await setUpGame(makeGame(6, 'XX.OO....'))
  void game.move(2, 0)
  assert.deepEqual(game.shown.outcome, {
    winner: 'X',
    by: 'line',
    line: [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
  })
})

test('[C17] a move that the rules forbid is not shown; the server’s refusal gives the reason', async () => {
  const { wire, game } = await setUpGame(makeGame(4, 'XO.......'))
  const moved = game.move(0, 0)
  assert.equal(game.shown, game.view)
  wire.refuse(wire.hear('game.move'), 'cell-taken')
  await assert.rejects(moved, { name: 'cell-taken' })
})

test('[C18] a refused move is no longer shown', async () => {
  const { wire, game } = await setUpGame()
  const boards: string[] = []
  game.onChange(({ shown }) => boards.push(shown.board))
  const moved = game.move(1, 1)
  wire.refuse(wire.hear('game.move'), 'not-your-seat')
  await assert.rejects(moved, { name: 'not-your-seat' })
  assert.deepEqual(boards, ['....X....', '.........'])
})

test('[C18] a temporarily refused move stays shown', async () => {
  const { wire, clock, game } = await setUpGame()
  const moved = game.move(1, 1)
  wire.refuse(wire.hear('game.move'), 'unavailable')
  assert.equal(game.shown.board, '....X....')
  clock.advance(500)
  wire.answer(wire.hear('game.move'), makeGame(3, '....X....'))
  await moved
})

test('[C18] a move at an outdated version is no longer shown once the newer view arrives', async () => {
  const { wire, game } = await setUpGame()
  const moved = game.move(1, 1)
  const request = wire.hear('game.move')
  wire.say('game.changed', makeGame(3, 'X........'))
  assert.equal(game.shown.board, 'X........')
  wire.refuse(request, 'stale', { version: 3 })
  await assert.rejects(moved, { name: 'stale' })
  assert.equal(game.pending, false)
})

test('[C19] commands are sent one at a time, each at the version that the previous one creates', async () => {
  const { wire, game } = await setUpGame(makeGame(2, '.........', { seats: 'open', players: { X: null, O: null } }))
  const moves = [game.move(0, 0), game.move(1, 0), game.move(2, 0)]
  assert.equal(game.shown.board, 'XOX......')
  wire.answer(wire.hear('game.move'), makeGame(3, 'X........', { seats: 'open' }))
  assert.equal(game.shown.board, 'XOX......')
  await moves[0]
  const second = wire.hear('game.move')
  assert.deepEqual(second.params, { game: 'g', x: 1, y: 0, version: 3 })
  assert.deepEqual(wire.waiting, [])
  wire.refuse(second, 'stale')
  await assert.rejects(moves[1] ?? Promise.resolve(), { name: 'stale', message: 'scripted stale' })
  await assert.rejects(moves[2] ?? Promise.resolve(), { name: 'stale', message: /before this one/ })
  assert.deepEqual(wire.waiting, [])
  assert.equal(game.shown.board, 'X........')
})

test('[C19] every command carries the version it was decided at', async () => {
  const { wire, game } = await setUpGame()
  const commands = [
    ['game.offer', () => game.offer('draw'), { what: 'draw' }],
    ['game.answer', () => game.answer('draw', false), { what: 'draw', accept: false }],
    ['game.join', () => game.join('O'), { player: 'O' }],
    ['game.restart', () => game.restart('gomoku'), { rules: 'gomoku' }],
    ['game.resign', () => game.resign(), {}],
  ] as const
  for (const [index, [method, send, params]] of commands.entries()) {
    const sent = send()
    const request = wire.hear(method)
    assert.deepEqual(request.params, { ...params, game: 'g', version: index + 2 })
    wire.answer(request, makeGame(index + 3))
    await sent
  }
})

test('[C20] after a reconnect every game and the lobby are watched again at once', async () => {
  const { client, wire, clock, game } = await setUpGame()
  const watching = client.game('h')
  wire.answer(wire.hear('game.watch'), { ...makeGame(), game: 'h' })
  await watching
  const lobby = client.lobby({ rules: 'gomoku' })
  wire.answer(wire.hear('lobby.watch'), { games: [] })
  await lobby
  wire.cut()
  clock.advance(500)
  wire.welcome()
  assert.deepEqual(wire.waiting, ['game.watch', 'game.watch', 'lobby.watch'])
  wire.answer(wire.hear('game.watch'), makeGame(9, 'XOXOX....'))
  assert.equal(game.view.version, 9)
  wire.cut()
  clock.advance(1_000)
  wire.welcome()
  assert.deepEqual(wire.waiting, ['game.watch', 'game.watch', 'lobby.watch'])
})

test('[C20] a move stored before the connection was lost stays shown and is confirmed afterwards', async () => {
  const { wire, clock, game } = await setUpGame()
  const shown: string[] = []
  game.onChange(() => shown.push(game.shown.board))
  const moved = game.move(1, 1)
  wire.hear('game.move')
  wire.cut()
  clock.advance(500)
  wire.welcome()
  const again = wire.hear('game.move')
  wire.answer(wire.hear('game.watch'), makeGame(4, 'O...X....'))
  wire.answer(again, makeGame(4, 'O...X....'))
  assert.equal((await moved).version, 4)
  assert.ok(shown.every((board) => board[4] === 'X'))
})

test('[C20] a game that no longer exists ends its handle', async () => {
  const { client, wire, clock, game } = await setUpGame()
  const waiting = game.until(({ outcome }) => outcome !== null)
  wire.cut()
  clock.advance(500)
  wire.welcome()
  wire.refuse(wire.hear('game.watch'), 'no-such-game')
  await assert.rejects(waiting, { name: 'no-such-game' })
  assert.equal(client.state.state, 'open')
})

test('[C21] a slow reader gets only the newest view', async () => {
  const { wire, game } = await setUpGame()
  const seen: number[] = []
  for await (const view of game) {
    seen.push(view.version)
    if (view.version === 2) for (const version of [3, 4, 5]) wire.say('game.changed', makeGame(version))
    if (view.version === 5) queueMicrotask(() => wire.say('game.changed', makeGame(6)))
    if (view.version === 6) game.close()
  }
  assert.deepEqual(seen, [2, 5, 6])
})

test('[C21] until resolves with the current view if it fits, else with the first later one that does', async () => {
  const { wire, game } = await setUpGame()
  assert.equal((await game.until(({ version }) => version === 2)).version, 2)
  const later = game.until(({ version }) => version >= 4)
  wire.say('game.changed', makeGame(3))
  await Promise.resolve()
  wire.say('game.changed', makeGame(6))
  assert.equal((await later).version, 6)
})

test('[C21] a closed client ends its games', async () => {
  const { client, game } = await setUpGame()
  const waiting = game.until(() => false)
  client.close()
  await assert.rejects(waiting, { name: 'unavailable' })
  assert.deepEqual(await collect(game), [makeGame(2)])
})

test('between views, the clock of the player to move keeps running', async () => {
  const clockView = { control: { initialMs: 60_000, incrementMs: 1_000 }, X: 50_000, O: 40_000, running: true }
  const { clock, wire, game } = await setUpGame(makeGame(4, 'XO.......', { clock: clockView }))
  clock.advance(2_000)
  assert.deepEqual([game.msLeft('X'), game.msLeft('O')], [48_000, 40_000])
  void game.move(1, 1)
  clock.advance(500)
  assert.deepEqual([game.msLeft('X'), game.msLeft('O')], [49_000, 39_500])
  wire.say('game.changed', makeGame(4, 'XO.......', { clock: { ...clockView, X: 30_000 } }))
  assert.equal(game.view.clock?.X, 30_000)
})

test('presence is reported as it arrives', async () => {
  const { wire, game } = await setUpGame()
  const heard: unknown[] = [game.presence]
  game.onChange(({ presence }) => heard.push(presence))
  const presence = { game: 'g', online: { X: true, O: false }, watching: 3 }
  wire.say('game.presence', presence)
  assert.deepEqual(heard, [null, presence])
})

test('[C35] what a player says is reported to the listeners, and repeated by nobody', async () => {
  const { wire, game } = await setUpGame()
  const said: unknown[] = []
  const stop = game.onSaid(({ by, what }) => said.push([by, what]))
  wire.say('game.said', { game: 'g', by: 'O', what: 'hello' })
  const saying = game.say('smile')
  assert.deepEqual(said, [['O', 'hello']])
  const request = wire.hear('game.say')
  assert.deepEqual(request.params, { game: 'g', what: 'smile' })
  wire.answer(request, {})
  await saying
  assert.deepEqual(said, [
    ['O', 'hello'],
    ['X', 'smile'],
  ])
  stop()
  wire.say('game.said', { game: 'g', by: 'O', what: 'thanks' })
  assert.equal(said.length, 2)
  const lost = game.say('heart')
  wire.hear('game.say')
  wire.cut()
  await assert.rejects(lost, { name: 'outcome-unknown' })
})

test('a spectator owns no seat and has no turn', async () => {
  const { game } = await setUpGame(makeGame(2, '.........', { players: { X: { id: 'a', name: 'A' }, O: null } }))
  assert.deepEqual([game.myPlayer, game.myTurn], [null, false])
})

test('the lobby is kept up to date', async () => {
  const { client, wire, clock } = setUpOpen()
  const watching = client.lobby()
  const summary = (game: string) => ({
    game,
    rules: makeGame().rules,
    status: 'open' as const,
    players: { X: null, O: null },
    outcome: null,
    at: 1,
  })
  wire.answer(wire.hear('lobby.watch'), { games: [summary('a'), summary('b')] })
  const lobby = await watching
  const lists: string[] = []
  lobby.onChange(({ games }) => lists.push(games.map(({ game }) => game).join()))
  wire.say('lobby.changed', { game: 'a', summary: null })
  wire.say('lobby.changed', { game: 'c', summary: summary('c') })
  wire.cut()
  clock.advance(500)
  wire.welcome()
  wire.answer(wire.hear('lobby.watch'), { games: [summary('d')] })
  assert.deepEqual(lists, ['b', 'b,c', 'd'])
  lobby.close()
  wire.hear('lobby.unwatch')
  wire.say('lobby.changed', { game: 'e', summary: summary('e') })
  assert.deepEqual(lists, ['b', 'b,c', 'd'])
})

test('[C19] an answer names the version whose offer was seen, even if another offer has arrived since', async () => {
  const offer = { player: 'O', what: 'draw' } as const
  const { wire, game } = await setUpGame(makeGame(4, 'XO.......', { offer }))
  const { version } = game.view
  wire.say('game.changed', makeGame(6, 'XO.......', { offer }))
  const answers = [game.answer('draw', true, { version }), game.resign({ version }), game.offer('draw', { version })]
  const request = wire.hear('game.answer')
  assert.deepEqual(request.params, { game: 'g', version: 4, what: 'draw', accept: true })
  wire.refuse(request, 'stale')
  for (const answer of answers) await assert.rejects(answer, { name: 'stale' })
})
