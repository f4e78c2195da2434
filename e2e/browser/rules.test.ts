/** Games with all kinds of rules on one screen, large boards by touch, and taps without effect. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAtOneScreen } from './one-screen.ts'
import { openBrowserServer } from './test-server.ts'
import { seatTwo } from './seats.ts'
import { Visitor } from './visitor.ts'

type Place = readonly [x: number, y: number]

async function tapAll(visitor: Visitor, places: readonly Place[]): Promise<void> {
  for (const [x, y] of places) {
    await visitor.tap(x, y)
    await visitor.cell(x, y, '[XO]').waitFor()
  }
}

const ends: readonly (readonly [rules: string, moves: readonly Place[], end: string, board: string])[] = [
  // All of them end with a line in the top row.
  [
    'Misère',
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ],
    'O won: X made 3 in a row',
    'XXXOO....',
  ],
  [
    'Notakto',
    [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
    'O won',
    'XXX......',
  ],
  [
    'Wild',
    [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
    'X won: 3 in a row',
    'XXX......',
  ],
  [
    'Four by four',
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [3, 0],
    ],
    'X won: 4 in a row',
    'XXXXOOO.........',
  ],
]

test('misère, notakto, wild and four by four end as their rules say', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  for (const [rules, moves, end, board] of ends) {
    await startAtOneScreen(visitor, rules)
    await tapAll(visitor, moves)
    await visitor.standsAt(end)
    assert.equal(await visitor.board(), board)
  }
  await visitor.leave()
})

test('the heading names the mark that is placed, not the side', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await startAtOneScreen(visitor, 'Notakto')
  await visitor.standsAt(/^X is to move$/)
  await visitor.tap(0, 0)
  await visitor.standsAt(/^O is to move: X$/)
  await startAtOneScreen(visitor, 'Wild')
  await visitor.standsAt(/^X is to move: X or O$/)
  await visitor.leave()

  await using shared = await seatTwo(server, { rules: 'notakto' })
  await shared.X.tap(0, 0)
  await shared.O.standsAt(/^Your move: X$/)
  await using wild = await seatTwo(server, { rules: 'wild' })
  await wild.X.standsAt(/^Your move: X or O$/)
  for (const each of [shared.X, shared.O, wild.X, wild.O]) await each.leave()
})

test('in a wild game the player chooses the mark', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await startAtOneScreen(visitor, 'Wild')
  await visitor.page.getByRole('radio', { name: 'O', exact: true }).check()
  await visitor.tap(1, 1)
  await visitor.sees(1, 1, 'O')
  await visitor.leave()
})

test('custom rules: the dialog explains what is wrong with invalid rules and describes valid ones', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Two at this screen' }).check()
  await page.getByRole('radio', { name: 'Custom', exact: true }).check()
  await page.getByRole('spinbutton', { name: 'In a row' }).fill('9')
  await page.getByRole('spinbutton', { name: 'Columns' }).fill('5')
  await visitor.reads('A line is at most as long as the longer side.')
  await page.getByRole('spinbutton', { name: 'In a row' }).fill('2')
  await page.getByRole('checkbox', { name: 'Marks fall' }).check()
  await visitor.reads('2 in a row wins. Marks fall to the bottom.')
  await visitor.press('Start')
  await page.getByRole('grid', { name: '5 × 3, 2 in a row, marks fall' }).waitFor()
  await visitor.tap(4, 0)
  await visitor.sees(4, 2, 'X')
  await visitor.leave()
})

test('half a minute is a clock; a number that is not allowed stays in its field and is explained', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { name: 'Ada' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('New game')
  await page.getByRole('combobox', { name: 'Clock' }).selectOption('custom')
  const minutes = page.getByRole('spinbutton', { name: 'Minutes' })
  await minutes.fill('0.3')
  await minutes.press('Tab')
  assert.equal(await minutes.inputValue(), '0.3')
  await visitor.press('Start')
  assert.notEqual(await minutes.evaluate((field: HTMLInputElement) => field.validationMessage), '')
  await page.getByRole('dialog').waitFor()
  await minutes.fill('0.5')
  await minutes.press('Tab')
  assert.equal(await minutes.inputValue(), '0.5')
  await page.getByRole('spinbutton', { name: 'Seconds a move' }).fill('0')
  await visitor.press('Start')
  await visitor.game()
  await page.getByRole('timer').first().filter({ hasText: '0:30' }).waitFor()
  await visitor.leave()
})

test('[B5] on a phone a board of 25 by 25 opens large enough to tap, zooms and pans', async () => {
  const server = await openBrowserServer()
  const rules = { width: 25, height: 25, line: 5 }
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
  await using game = await seatTwo(server, { rules }, phone)
  const { X, O } = game
  const { page } = X
  const cell = X.cell(12, 12)
  const frame = page.locator('.frame')
  const sideOf = async (): Promise<number> => (await cell.boundingBox())?.width ?? 0
  assert.ok((await sideOf()) >= 30, 'a cell is too small for a finger')
  const before = await sideOf()
  await X.press('Zoom in')
  assert.ok((await sideOf()) > before)
  await X.press('Show the whole board')
  const [seen, whole] = await frame.evaluate((element) => [element.clientWidth, element.scrollWidth])
  assert.equal(whole, seen)
  await X.press('Zoom in')
  await X.press('Zoom in')
  await X.press('Zoom in')
  await frame.evaluate((element) => element.scrollTo(0, 0))
  await X.cell(0, 0).tap()
  await O.sees(0, 0, 'X')
  // A pinch: two fingers move apart.
  const session = await X.context.newCDPSession(page)
  const middle = await frame.boundingBox()
  assert.ok(middle !== null)
  const [centerX, centerY] = [middle.x + middle.width / 2, middle.y + middle.height / 2]
  const fingers = (apart: number) => [
    { x: centerX - apart, y: centerY, id: 0 },
    { x: centerX + apart, y: centerY, id: 1 },
  ]
  const wide = await sideOf()
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(30) })
  await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(45) })
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  assert.ok((await sideOf()) > wide * 1.2, 'two fingers do not zoom')
  await X.leave()
  await O.leave()
})

test('[B2] a tap without effect says why', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await using spectator = await Visitor.open(server.url)
  await spectator.goto(`/games/${game.game}`)
  await spectator.tap(0, 0)
  await spectator.reads('You are watching: only the players move.')
  await O.tap(0, 0)
  await O.reads('It is not your turn.')
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await O.page.getByText('It is not your turn.').waitFor({ state: 'hidden' })
  await O.tap(0, 0)
  await O.reads('That cell is taken.')
  await X.confirm('Resign')
  await X.standsAt('You lost')
  await X.tap(1, 1)
  await X.reads('The game is over.')
  for (const visitor of [X, O, spectator]) await visitor.leave()
})
