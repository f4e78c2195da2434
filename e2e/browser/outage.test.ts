/** What people see of a server that dies, a network that goes, and a second tab of their own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { House, openHouse } from './house.ts'
import { listen } from './reader.ts'
import { Line } from './line.ts'
import { identify, seatTwo } from './seats.ts'
import { assertSameBoards, Visitor } from './visitor.ts'

test('[B7] a server killed in the middle of a game and started again: both play on without a reload', async () => {
  await using house = await House.open()
  await using game = await seatTwo(house)
  const { X, O } = game
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await house.kill()
  await O.tap(1, 1)
  await O.sees(1, 1, 'O')
  await O.reads('Your move is kept and will be delivered.')
  await house.start()
  await X.sees(1, 1, 'O')
  await O.page.getByText('Your move is kept and will be delivered.').waitFor({ state: 'hidden' })
  await X.tap(1, 0)
  await O.sees(1, 0, 'X')
  await assertSameBoards([X, O], 'XX..O....')
  await X.leave()
  await O.leave()
})

test('[B7] a move made offline is kept, and delivered when the network is back', async () => {
  const house = await openHouse()
  await using game = await seatTwo(house)
  const { X, O } = game
  const heard = await listen(X.page)
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
  const said = (await heard()).join('\n')
  assert.match(said, /This device is offline\.[^]*Your move is kept and will be delivered\.[^]*Connected again\./)
  assert.match(said, /You: X, column 3, row 3[^]*Grace: O, column 1, row 1\. Your move: X$/)
  await X.leave()
  await O.leave()
})

/** As a server refuses who hears of as many games as there may be. */
const tooMany = {
  code: 4291,
  message: 'this connection hears of 1000 games already',
  data: { name: 'too-many', retry: 'never', limit: 1_000, retryAfterMs: 300 },
}

test('[B21] a game that was refused for now opens by itself when there is room', async () => {
  const house = await openHouse()
  using ada = connect(house.url, { name: 'Ada' })
  const game = await ada.create({ seats: 'open' })
  await using visitor = await Visitor.open(house.url)
  const line = await Line.tap(visitor.page)
  line.refuse('game.watch', tooMany)
  await visitor.goto(`/games/${game.id}`)
  await visitor.reads('1000 games already')
  await line.hears('game.watch', 3)
  line.refuse(null)
  await game.move(1, 1)
  await visitor.sees(1, 1, 'X')
  await visitor.tap(0, 0)
  await game.until(({ version }) => version === 3)
  await visitor.leave()
})

test('[B21] so does one that is refused when the connection is back, and one that was left is not asked for', async () => {
  await using house = await House.open()
  using ada = connect(house.url, { name: 'Ada' })
  const game = await ada.create({ seats: 'open' })
  await using visitor = await Visitor.open(house.url)
  const line = await Line.tap(visitor.page)
  await visitor.goto(`/games/${game.id}`)
  await visitor.cell(0, 0).waitFor()
  line.refuse('game.watch', tooMany)
  await house.kill()
  await house.start()
  await visitor.standsAt('1000 games already')
  await line.hears('game.watch', 3)
  line.refuse(null)
  await game.move(1, 1)
  await visitor.sees(1, 1, 'X')
  await visitor.standsAt('is to move')
  line.refuse('game.watch', tooMany)
  await house.kill()
  await house.start()
  await visitor.standsAt('1000 games already')
  await visitor.press('Oxo')
  const asked = line.paramsOf('game.watch').length
  await visitor.page.waitForTimeout(1_000)
  assert.equal(line.paramsOf('game.watch').length, asked)
  await visitor.leave()
})

test('[B7] a game that its server has lost says so, and nobody moves in it any more', async () => {
  await using house = await House.open()
  await using game = await seatTwo(house)
  const { X, O } = game
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await house.loseGames()
  await house.start()
  for (const each of [X, O]) await each.standsAt('There is no such game.')
  await O.tap(1, 1)
  await O.standsAt('There is no such game.')
  await assertSameBoards([X, O], 'X........')
  await X.leave()
  await O.leave()
})

test('[B7] a move that waits outlives its tab and the server: opened again the page shows it, and delivers it', async () => {
  await using house = await House.open()
  await using game = await seatTwo(house)
  const { X, O } = game
  await X.isKept()
  await house.kill()
  await X.tap(2, 2)
  await X.reads('Your move is kept and will be delivered.')
  await X.reopen(`/games/${game.game}`)
  await X.sees(2, 2, 'X')
  await X.standsAt('is to move')
  await X.reads('Your move is kept and will be delivered.')
  await house.start()
  await O.sees(2, 2, 'X')
  await O.tap(0, 0)
  await X.sees(0, 0, 'O')
  assert.deepEqual(await unanswered(X), [])
  await X.leave()
  await O.leave()
})

test('[B7] a move that waits is delivered whichever page is opened', async () => {
  const house = await openHouse()
  await using game = await seatTwo(house)
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

test('a page opened again after its move was made offline has the game as it stands', async () => {
  const house = await openHouse()
  await using game = await seatTwo(house)
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

test('two tabs of one player show one game, and either may move', async () => {
  const house = await openHouse()
  await using game = await seatTwo(house)
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

test('[B7] a phone that slept while the server was started anew and the opponent moved is up to date when it wakes', async () => {
  await using house = await House.open()
  await using game = await seatTwo(house)
  const { X, O } = game
  const session = await O.context.newCDPSession(O.page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await house.kill()
  await house.start()
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
  [' also when its tab is gone', (here: Visitor, game: string) => here.reopen(`/games/${game}`)],
] as const) {
  test(`[B2] a move made offline that came too late goes back, and the page says why${title}`, async () => {
    const house = await openHouse()
    const identity = await identify(house, 'Ada')
    using elsewhere = connect(house.url, { token: identity.token })
    using grace = connect(house.url, { name: 'Grace' })
    const there = await elsewhere.create({ seat: 'X' })
    await grace.join(there.id)
    await using here = await Visitor.open(house.url, { identity, name: 'Ada' })
    await here.goto(`/games/${there.id}`)
    await here.standsAt('Your move: X')
    await here.isKept()
    await here.context.setOffline(true)
    await here.tap(2, 2)
    await here.sees(2, 2, 'X')
    await there.move(0, 0, { version: 2 })
    await comeBack(here, there.id)
    await here.context.setOffline(false)
    await here.reads('The game went on before this arrived.')
    await here.cell(2, 2, 'empty').waitFor()
    await here.sees(0, 0, 'X')
    assert.deepEqual(await unanswered(here), [])
    await here.leave()
  })
}

test('[B7] where the browser keeps nothing one plays all the same, and is told what goes with the page', async () => {
  const house = await openHouse()
  const told = 'This browser keeps nothing: whoever closes or reloads this page leaves the seat.'
  for (const isKeeping of [false, true]) {
    await using ada = await Visitor.open(house.url)
    if (!isKeeping) await ada.context.addInitScript(refuseStorage)
    using grace = connect(house.url, { name: 'Grace' })
    await ada.goto('/')
    await ada.press('Invite a friend')
    await ada.page.getByRole('textbox', { name: 'Name' }).fill('Ada')
    await ada.press('Continue')
    await grace.join(await ada.game())
    await ada.reads('Grace')
    assert.equal(await ada.page.getByText(told).isVisible(), !isKeeping)
    await ada.leave()
  }
})

/** Runs in the page: as where cookies are forbidden. */
function refuseStorage(): void {
  Object.defineProperty(globalThis, 'localStorage', {
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    },
  })
}

/** The games for which the browser keeps something to deliver. */
function unanswered({ page }: Visitor): Promise<readonly string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('oxo:unanswered')))
}
