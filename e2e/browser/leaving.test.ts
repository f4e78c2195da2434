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
