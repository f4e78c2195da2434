/** What a player sees when the server dies, when the network fails, and in a second tab. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { listen } from './reader.ts'
import { PageConnection } from './page-connection.ts'
import { identify, seatTwo } from './seats.ts'
import { assertSameBoards, Visitor } from './visitor.ts'

test('[B7] a server is killed during a game and started again: both players continue without a reload', async () => {
  await using server = await BrowserServer.open()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await server.kill()
  await O.tap(1, 1)
  await O.sees(1, 1, 'O')
  await O.reads('Your move is kept and will be delivered.')
  await server.start()
  await X.sees(1, 1, 'O')
  await O.page.getByText('Your move is kept and will be delivered.').waitFor({ state: 'hidden' })
  await X.tap(1, 0)
  await O.sees(1, 0, 'X')
  await assertSameBoards([X, O], 'XX..O....')
  await X.leave()
  await O.leave()
})

test('[B7] a move made offline is stored, and delivered when the network is back', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const announcements = await listen(X.page)
  await X.context.setOffline(true)
  await X.reads('offline')
  await X.tap(2, 2)
  await X.sees(2, 2, 'X')
  await X.reads('Your move is kept and will be delivered.')
  assert.equal(await O.board(), '.........')
  await X.context.setOffline(false)
  await O.sees(2, 2, 'X')
  await O.tap(0, 0)
  await X.sees(0, 0, 'O')
  const text = (await announcements()).join('\n')
  assert.match(text, /This device is offline\.[^]*Your move is kept and will be delivered\.[^]*Connected again\./)
  assert.match(text, /You: X, column 3, row 3[^]*Grace: O, column 1, row 1\. Your move: X$/)
  await X.leave()
  await O.leave()
})

/** The refusal of a connection that already watches as many games as it may. */
const tooMany = {
  code: 4291,
  message: 'this connection already watches 1000 games: unwatch one first',
  data: { name: 'too-many', retry: 'never', limit: 1_000, retryAfterMs: 300 },
}

test('[B21] a game whose watch was refused for now opens by itself when the limit allows it', async () => {
  const server = await openBrowserServer()
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seats: 'open' })
  await using visitor = await Visitor.open(server.url)
  const line = await PageConnection.tap(visitor.page)
  line.refuse('game.watch', tooMany)
  await visitor.goto(`/games/${game.id}`)
  await visitor.reads('already watches 1000 games')
  await line.hears('game.watch', 3)
  line.refuse(null)
  await game.move(1, 1)
  await visitor.sees(1, 1, 'X')
  await visitor.tap(0, 0)
  await game.until(({ version }) => version === 3)
  await visitor.leave()
})

test('[B21] a watch refused after a reconnect is retried too, but not for a game whose page was left', async () => {
  await using server = await BrowserServer.open()
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seats: 'open' })
  await using visitor = await Visitor.open(server.url)
  const line = await PageConnection.tap(visitor.page)
  await visitor.goto(`/games/${game.id}`)
  await visitor.cell(0, 0).waitFor()
  line.refuse('game.watch', tooMany)
  await server.kill()
  await server.start()
  await visitor.standsAt('already watches 1000 games')
  await line.hears('game.watch', 3)
  line.refuse(null)
  await game.move(1, 1)
  await visitor.sees(1, 1, 'X')
  await visitor.standsAt('is to move')
  line.refuse('game.watch', tooMany)
  await server.kill()
  await server.start()
  await visitor.standsAt('already watches 1000 games')
  await visitor.press('Oxo')
  const asked = line.paramsOf('game.watch').length
  await visitor.page.waitForTimeout(1_000)
  assert.equal(line.paramsOf('game.watch').length, asked)
  await visitor.leave()
})

test('[B7] a game that the server has lost says so, and accepts no more moves', async () => {
  await using server = await BrowserServer.open()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await server.loseGames()
  await server.start()
  for (const each of [X, O]) await each.standsAt('There is no such game.')
  await O.tap(1, 1)
  await O.standsAt('There is no such game.')
  await assertSameBoards([X, O], 'X........')
  await X.leave()
  await O.leave()
})

test('[B7] an undelivered move survives its tab and the server: the reopened page shows and delivers it', async () => {
  await using server = await BrowserServer.open()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.isKept()
  await server.kill()
  await X.tap(2, 2)
  await X.reads('Your move is kept and will be delivered.')
  await X.reopen(`/games/${game.game}`)
  await X.sees(2, 2, 'X')
  await X.standsAt('is to move')
  await X.reads('Your move is kept and will be delivered.')
  await server.start()
  await O.sees(2, 2, 'X')
  await O.tap(0, 0)
  await X.sees(0, 0, 'O')
  assert.deepEqual(await unanswered(X), [])
  await X.leave()
  await O.leave()
})

test('[B7] an undelivered move is delivered by any page that is opened', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.isKept()
  await X.context.setOffline(true)
  await X.tap(1, 1)
  await X.reads('Your move is kept and will be delivered.')
  assert.equal((await unanswered(X)).length, 1)
  await X.reopen('/')
  await X.context.setOffline(false)
  await O.sees(1, 1, 'X')
  await X.leave()
  await O.leave()
})

test('a page reloaded after it missed a move offline shows the current game', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await O.context.setOffline(true)
  await X.tap(0, 2)
  await X.sees(0, 2, 'X')
  await O.context.setOffline(false)
  await O.page.reload()
  await O.sees(0, 2, 'X')
  await X.leave()
  await O.leave()
})

test('two tabs of one player show the same game, and either can move', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const second = await X.context.newPage()
  await second.goto(`/games/${game.game}`)
  const inSecond = (x: number, y: number, what: string) =>
    second.getByRole('gridcell', { name: new RegExp(`^column ${x + 1}, row ${y + 1}, ${what}`) })
  await inSecond(1, 1, 'empty').click()
  await Promise.all([X.sees(1, 1, 'X'), O.sees(1, 1, 'X')])
  await O.tap(0, 0)
  await Promise.all([X.sees(0, 0, 'O'), inSecond(0, 0, 'O').waitFor()])
  await X.tap(2, 2)
  await Promise.all([O.sees(2, 2, 'X'), inSecond(2, 2, 'X').waitFor()])
  await X.leave()
  await O.leave()
})

test('[B7] a page frozen while the server restarted and the opponent moved is up to date when it resumes', async () => {
  await using server = await BrowserServer.open()
  await using game = await seatTwo(server)
  const { X, O } = game
  const session = await O.context.newCDPSession(O.page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await server.kill()
  await server.start()
  await X.tap(0, 0)
  await X.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await O.sees(0, 0, 'X')
  await O.tap(1, 1)
  await X.sees(1, 1, 'O')
  await X.leave()
  await O.leave()
})

for (const [title, comeBack] of [
  ['', () => Promise.resolve()],
  [' also after its tab was closed', (here: Visitor, game: string) => here.reopen(`/games/${game}`)],
] as const) {
  test(`[B2] a move made offline that arrives too late is undone, and the page says why${title}`, async () => {
    const server = await openBrowserServer()
    const identity = await identify(server, 'Ada')
    using elsewhere = connect(server.url, { token: identity.token })
    using grace = connect(server.url, { name: 'Grace' })
    const there = await elsewhere.create({ seat: 'X' })
    await grace.join(there.id)
    await using here = await Visitor.open(server.url, { identity, name: 'Ada' })
    await here.goto(`/games/${there.id}`)
    await here.standsAt('Your move: X')
    await here.isKept()
    await here.context.setOffline(true)
    await here.tap(2, 2)
    await here.sees(2, 2, 'X')
    await there.move(0, 0, { version: 2 })
    await comeBack(here, there.id)
    await here.context.setOffline(false)
    await here.reads('The game changed before this arrived.')
    await here.cell(2, 2, 'empty').waitFor()
    await here.sees(0, 0, 'X')
    assert.deepEqual(await unanswered(here), [])
    await here.leave()
  })
}

test('[B7] a visitor can play in a browser without storage, and is told what is lost with the page', async () => {
  const server = await openBrowserServer()
  const warning = 'This browser keeps nothing: if you close or reload this page, you lose your seat.'
  for (const isKeeping of [false, true]) {
    await using ada = await Visitor.open(server.url)
    if (!isKeeping) await ada.context.addInitScript(refuseStorage)
    using grace = connect(server.url, { name: 'Grace' })
    await ada.goto('/')
    await ada.press('Invite a friend')
    await ada.page.getByRole('textbox', { name: 'Name' }).fill('Ada')
    await ada.press('Continue')
    await grace.join(await ada.game())
    await ada.reads('Grace')
    assert.equal(await ada.page.getByText(warning).isVisible(), !isKeeping)
    await ada.leave()
  }
})

/** Runs in the page. Makes `localStorage` throw, as browsers do where cookies are forbidden. */
function refuseStorage(): void {
  Object.defineProperty(globalThis, 'localStorage', {
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    },
  })
}

/** The storage keys of the games with undelivered moves. */
function unanswered({ page }: Visitor): Promise<readonly string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('oxo:unanswered')))
}
