/** Pages that are left before what they asked for has come: nothing is heard for them afterwards. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { House } from './house.ts'
import { Line } from './line.ts'
import { Visitor } from './visitor.ts'

test('[C30] a lobby that is left before its list has come is not heard of any more', async () => {
  await using house = await House.open()
  await using visitor = await Visitor.open(house.url)
  const line = await Line.tap(visitor.page)
  await visitor.goto('/')
  line.hold(/"games"/)
  await visitor.press('Open games')
  await line.hears('lobby.watch')
  await visitor.press('Oxo')
  line.release()
  await line.hears('lobby.unwatch')
  await visitor.leave()
})

test('[C30] a lobby that is left, entered and left again lets go of the game that it showed in passing', async () => {
  await using house = await House.open()
  using ada = connect(house.url, { name: 'Ada' })
  using grace = connect(house.url, { name: 'Grace' })
  const game = await ada.create({ public: true, seat: 'X' })
  await grace.join(game.id)
  await using visitor = await Visitor.open(house.url)
  const line = await Line.tap(visitor.page)
  await visitor.goto('/')
  // The lists come, the board does not.
  line.hold(/"board"/)
  await visitor.press('Open games')
  await line.hears('game.watch')
  await visitor.press('Oxo')
  await visitor.press('Open games')
  await line.hears('game.watch', 2)
  line.release()
  await visitor.reads('Now playing')
  await visitor.press('Oxo')
  await line.hears('game.unwatch')
  assert.equal(
    line.methods.findLast((method) => method.startsWith('game.')),
    'game.unwatch',
  )
  await visitor.leave()
})

test('[C30] whoever goes back and forth faster than the boards come sees the one where they are, as it goes on', async () => {
  await using house = await House.open()
  using ada = connect(house.url, { name: 'Ada' })
  using grace = connect(house.url, { name: 'Grace' })
  const [first, second] = [await ada.create({ seat: 'X' }), await ada.create({ seat: 'X' })]
  for (const game of [first, second]) await grace.join(game.id)
  await using visitor = await Visitor.open(house.url)
  const { page } = visitor
  const line = await Line.tap(page)
  await visitor.goto(`/games/${first.id}`)
  await visitor.cell(0, 0).waitFor()
  line.hold(/"board"/)
  await page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/games/${second.id}`)
  for (let time = 0; time < 2; time++) {
    await page.goBack()
    await page.goForward()
  }
  await page.goBack()
  line.release()
  await visitor.cell(0, 0, 'empty').waitFor()
  await first.until(({ players }) => players.O !== null)
  await first.move(0, 0)
  await visitor.sees(0, 0, 'X')
  await visitor.leave()
})
