/** Two people in two browsers play each other while a third watches. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { identify, seatTwo, sortBySeat } from './seats.ts'
import { assertSameBoards, Visitor } from './visitor.ts'

/** Games as lists of moves: column and row. X moves first. */
const win = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [2, 0],
] as const
const draw = [
  [0, 0],
  [1, 0],
  [2, 0],
  [1, 1],
  [0, 1],
  [2, 1],
  [1, 2],
  [0, 2],
  [2, 2],
] as const

/** The players move in turn. Everybody sees a move before the next one is made. */
async function play(
  moves: readonly (readonly [x: number, y: number])[],
  X: Visitor,
  O: Visitor,
  watchers: readonly Visitor[] = [],
): Promise<void> {
  for (const [index, [x, y]] of moves.entries()) {
    const mover = index % 2 === 0 ? 'X' : 'O'
    await { X, O }[mover].tap(x, y)
    await Promise.all([X, O, ...watchers].map((visitor) => visitor.sees(x, y, mover)))
  }
}

test('[B1] two strangers meet, are asked for a name, and play to a win that a spectator sees too', async () => {
  const server = await openBrowserServer()
  await using ada = await Visitor.open(server.url)
  await using grace = await Visitor.open(server.url)
  await using spectator = await Visitor.open(server.url)
  for (const [visitor, name] of [
    [ada, 'Ada'],
    [grace, 'Grace'],
  ] as const) {
    await visitor.goto('/')
    await visitor.press('Play someone')
    await visitor.page.getByRole('textbox', { name: 'Name' }).fill(name)
    await visitor.press('Continue')
    await visitor.game()
  }
  await spectator.goto(`/games/${await ada.game()}`)
  await spectator.reads('You are watching')
  const [X, O] = await sortBySeat(ada, grace)
  await play(win, X, O, [spectator])
  await X.standsAt('You won: 3 in a row')
  await O.standsAt('You lost: X made 3 in a row')
  await spectator.standsAt('won: 3 in a row')
  await assertSameBoards([X, O, spectator], 'XXXOO....')
  for (const visitor of [ada, grace, spectator]) await visitor.leave()
})

test('a full board is a draw for everybody', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await using spectator = await Visitor.open(server.url)
  await spectator.goto(`/games/${game.game}`)
  await play(draw, X, O, [spectator])
  for (const visitor of [X, O, spectator]) await visitor.standsAt('A draw: the board is full')
  await assertSameBoards([X, O, spectator], 'XOXXOOOXX')
  for (const visitor of [X, O, spectator]) await visitor.leave()
})

test('[B4] a player who resigns loses', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await play([[1, 1]], X, O)
  await X.confirm('Resign')
  await X.standsAt('You lost: by resignation')
  await O.standsAt('You won: by resignation')
  await X.leave()
  await O.leave()
})

test('[B4] a draw is offered, declined, offered again and accepted', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await play([[1, 1]], X, O)
  await X.press('Offer draw')
  await X.reads('You have offered a draw')
  await O.reads('Ada offers a draw')
  await O.press('Decline')
  await X.reads('The draw was declined')
  await X.press('Offer draw')
  await O.press('Accept the draw')
  for (const visitor of [X, O]) await visitor.standsAt('A draw: by agreement')
  await X.leave()
  await O.leave()
})

test('[B4] a move is taken back when the opponent agrees, and a rematch swaps the seats', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await play([[1, 1]], X, O)
  await X.press('Take back')
  await O.press('Accept the takeback')
  await Promise.all([X, O].map((visitor) => visitor.cell(1, 1, 'empty').waitFor()))
  await play(win, X, O)
  await X.press('Rematch')
  await O.press('Accept the rematch')
  await Promise.all([X, O].map((visitor) => visitor.page.waitForURL((url) => !url.pathname.endsWith(game.game))))
  await O.standsAt('Your move')
  await play([[2, 2]], O, X)
  await X.leave()
  await O.leave()
})

test('a player whose flag falls loses', async () => {
  const server = await openBrowserServer()
  // X never moves, so the game ends the same way however slowly the pages load.
  await using game = await seatTwo(server, { clock: { perMoveMs: 5_000 } })
  const { X, O } = game
  await X.standsAt('You lost: on time')
  await O.standsAt('You won: on time')
  await X.leave()
  await O.leave()
})

test('[B3] a link is an invitation: the first visitor who opens it plays, all later ones watch', async () => {
  const server = await openBrowserServer()
  await using host = await Visitor.open(server.url, { identity: await identify(server, 'Ada'), name: 'Ada' })
  await using guest = await Visitor.open(server.url, { name: 'Grace' })
  await using late = await Visitor.open(server.url)
  await host.goto('/')
  await host.press('Invite a friend')
  const game = await host.game()
  await guest.goto(`/games/${game}`)
  await guest.press(/^Play/)
  await late.goto(`/games/${game}`)
  await late.reads('You are watching')
  const [X, O] = await sortBySeat(host, guest)
  await play(win, X, O, [late])
  await X.standsAt('You won')
  for (const visitor of [host, guest, late]) await visitor.leave()
})

test('[B3] a page warns that its link works on this device only, and does so only for loopback addresses', async () => {
  const server = await openBrowserServer()
  for (const [name, isLoopback] of [
    ['127.0.0.1', true],
    ['localhost', true],
    ['house.test', false],
  ] as const) {
    await using host = await Visitor.open(server.url.replace('127.0.0.1', name), { name: 'Ada' })
    await host.goto('/')
    await host.press('Invite a friend')
    await host.reads('The first person to join by this link plays against you')
    const isWarned = await host.page.getByText('This link works on this device only').isVisible()
    assert.equal(isWarned, isLoopback, name)
    await host.leave(/untrustworthy|origin-keyed/)
  }
})

test('[B21] a player who waits for an opponent withdraws the game, and a visitor at the game is notified', async () => {
  await using server = await BrowserServer.open()
  const identity = await identify(server, 'Ada')
  using elsewhere = connect(server.url, { token: identity.token })
  const { id } = await elsewhere.create({ public: true, seat: 'X' })
  await using ada = await Visitor.open(server.url, { identity, name: 'Ada' })
  await using grace = await Visitor.open(server.url)
  await ada.goto(`/games/${id}`)
  await grace.goto(`/games/${id}`)
  await grace.page.getByRole('button', { name: /^Play/ }).waitFor()
  await ada.press('Cancel')
  await ada.standsAt('The game was withdrawn')
  await grace.standsAt('The game was withdrawn')
  for (const { page } of [ada, grace])
    for (const name of ['Cancel', /^Play/, 'Rematch', 'Resign'])
      await page.getByRole('button', { name }).waitFor({ state: 'hidden' })
  await grace.goto('/games')
  await grace.reads('Nobody is waiting.')
  await ada.leave()
  await grace.leave()
})
