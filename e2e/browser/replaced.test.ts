/** What visitors see when the server's history changes: its games are lost or restored to an older state. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer } from './test-server.ts'
import { seatTwo } from './seats.ts'
import { Visitor } from './visitor.ts'

const sentences = {
  en: 'The server has other games than before',
  de: 'Der Server hat andere Spiele als vorher',
  ar: 'لدى الخادم الآن ألعاب غير التي كانت',
} as const

async function move(server: BrowserServer, ...places: readonly (readonly [x: number, y: number])[]): Promise<void> {
  using client = connect(server.url)
  const main = await client.game('main')
  for (const [x, y] of places) await main.move(x, y)
}

test('[B7] [C27] a server lost its journal: every visitor sees the new board, is told why, and can move on it', async () => {
  await using server = await BrowserServer.open()
  const visitors = await Promise.all(
    Object.keys(sentences).map(async (locale) => {
      const visitor = await Visitor.open(server.url, { locale })
      await visitor.goto('/games/main')
      await visitor.page.locator('[data-cell="0"]').waitFor()
      return visitor
    }),
  )
  await move(server, [0, 0], [1, 1], [2, 2], [0, 2])
  const [english] = visitors
  assert.ok(english !== undefined)
  await english.sees(0, 2, 'O')
  await server.loseGames()
  await server.start()
  for (const [index, sentence] of Object.values(sentences).entries()) await visitors[index]?.reads(sentence)
  await english.page
    .getByRole('gridcell', { name: /row 1, empty/ })
    .nth(2)
    .waitFor()
  assert.equal(await english.board(), '.........')
  await english.tap(1, 0)
  await english.sees(1, 0, 'X')
  assert.equal(await english.board(), '.X.......')
  for (const visitor of visitors) await visitor.leave()
})

test('[B7] [C27] [C28] all files of a journal are restored to an older state: the older board is shown, and an undelivered move is dropped', async () => {
  await using server = await BrowserServer.open()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await server.copyGames()
  await server.start()
  await O.tap(1, 1)
  await X.sees(1, 1, 'O')
  await server.kill()
  await X.tap(2, 2)
  await X.reads('Your move is kept and will be delivered.')
  await server.putBack()
  await server.start()
  for (const each of [X, O]) {
    await each.reads(sentences.en)
    await each.cell(1, 1, 'empty').waitFor()
    assert.equal(await each.board(), 'X........')
  }
  await O.tap(0, 1)
  await X.sees(0, 1, 'O')
  await X.leave()
  await O.leave()
})
