/** A match: its score, the next game, and its end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { findBarriers } from './accessibility.ts'
import { winTopRow } from './one-screen.ts'
import { identify, seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const phone = { viewport: { width: 360, height: 740 } }

test('[B67] two at one screen play a match: they change sides, a reload keeps the score, and after the end a new match begins', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, phone)
  const { page } = visitor
  const score = (words: string) => page.getByRole('status').filter({ hasText: words }).waitFor()
  await visitor.goto('/')
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('combobox', { name: 'Games' }).selectOption('Best of 3')
  assert.deepEqual(await findBarriers(page), [])
  await visitor.press('Start')
  await score('Best of 3, game 1 X 0 · draws 0 · O 0')
  await winTopRow(visitor)
  await score('Best of 3, game 1 X 1 · draws 0 · O 0')
  await page.reload()
  await score('Best of 3, game 1 X 1 · draws 0 · O 0')
  await visitor.press('Next game')
  await score('Best of 3, game 2: sides swapped X 0 · draws 0 · O 1')
  await winTopRow(visitor)
  await score('Best of 3, game 2: sides swapped X 1 · draws 0 · O 1')
  await visitor.press('Next game')
  await winTopRow(visitor)
  await score('X won the match: 2 to 1')
  assert.deepEqual(await findBarriers(page), [])
  await visitor.press('Play again')
  await score('Best of 3, game 1 X 0 · draws 0 · O 0')
  assert.deepEqual(visitor.monitor.shifts, [])
  await visitor.leave()
})

test('[B67] both players and a spectator see the score of a match, and the players play on', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server, { match: 3 }, phone)
  const { X, O } = game
  await using eve = await Visitor.open(server.url)
  await eve.goto(`/games/${game.game}`)
  await O.reads('Best of 3, game 1')
  await X.confirm('Resign')
  const score = (visitor: Visitor, words: string) =>
    visitor.page.getByRole('status').filter({ hasText: words }).waitFor()
  await score(O, 'Best of 3, game 1 You 1 · draws 0 · ⁨Ada⁩ 0')
  await score(eve, 'Best of 3, game 1 ⁨Ada⁩ 0 · draws 0 · ⁨Grace⁩ 1')
  const points = ({ page }: Visitor) => page.locator('.points > [aria-hidden]').allTextContents()
  assert.deepEqual(
    [await points(O), await points(eve)],
    [
      ['0', '1'],
      ['1', '0'],
    ],
  )
  assert.deepEqual(await findBarriers(O.page), [])

  await X.press('Next game')
  await O.reads(/is ready for the next game/)
  await O.page.getByRole('button', { name: 'Next game' }).click()
  await X.reads('Best of 3, game 2')
  await score(X, 'Best of 3, game 2 You 0 · draws 0 · ⁨Grace⁩ 1')
  await X.confirm('Resign')
  await X.reads('You lost the match: 0 to 2')
  await O.reads('You won the match: 2 to 0')
  await O.press('Rematch')
  await X.reads(/wants a rematch/)
  await X.press('Accept the rematch')
  await X.reads('Best of 3, game 1')

  using bob = connect(server.url, await identify(server, 'Bob'))
  const { id } = await bob.create({ match: 5, public: true })
  await eve.goto('/games')
  await eve.page.getByRole('listitem').filter({ hasText: 'Bob' }).getByText('Best of 5').waitFor()
  await eve.goto(`/games/${id}`)
  await eve.reads('Tic-tac-toe, Best of 5')
  for (const visitor of [X, O, eve]) await visitor.leave()
})
