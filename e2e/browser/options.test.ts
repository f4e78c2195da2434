/** What a visitor may add to the board: coordinates, a theme, a second tap for a move, a move chosen in advance. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBarriers } from './accessibility.ts'
import { contrastOf } from './contrast.ts'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

interface Options {
  readonly theme?: string
  readonly coordinates?: string
  readonly confirms?: boolean
  readonly premoves?: boolean
}

/** Stores the settings, and loads the page with them. */
async function wish(visitor: Visitor, board: Options): Promise<void> {
  await visitor.page.evaluate((chosen) => {
    const before = JSON.parse(localStorage['oxo:settings'] ?? '{}') as object
    localStorage['oxo:settings'] = JSON.stringify({ ...before, board: chosen })
  }, board)
  await visitor.page.reload()
  await visitor.page.locator('.options').waitFor({ state: 'attached' })
  // A board ignores taps for half a second after it has appeared.
  await visitor.page.waitForTimeout(800)
}

const boxesOf = (visitor: Visitor, selector: string) =>
  visitor.page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      return { words: element.textContent, x, y, width, height, middleX: x + width / 2, middleY: y + height / 2 }
    }),
  )

const heldCells = (visitor: Visitor): Promise<number> => visitor.page.locator('.held').count()

for (const locale of ['en', 'ar'])
  test(`[B42] coordinates beside the board are those of the record, and say nothing to screen readers: ${locale}`, async () => {
    const server = await openBrowserServer()
    await using visitor = await Visitor.open(server.url, { locale })
    const { page } = visitor
    await visitor.goto('/')
    await page.getByRole('grid').waitFor()
    const before = await page.getByRole('grid').ariaSnapshot()
    await wish(visitor, { coordinates: 'beside' })
    assert.equal(await page.getByRole('grid').ariaSnapshot(), before)
    assert.equal(await page.locator('.beside:not([aria-hidden=true])').count(), 0)
    const [cells, columns, rows] = await Promise.all(
      ['.cell', '.beside.columns span', '.beside.rows span'].map((selector) => boxesOf(visitor, selector)),
    )
    for (const [at, column] of (columns ?? []).entries()) {
      assert.equal(column.words, String(at))
      const cell = cells?.[at]
      assert.ok(cell !== undefined && Math.abs(column.middleX - cell.middleX) < 2 && column.middleY < cell.y)
    }
    for (const [at, row] of (rows ?? []).entries()) {
      assert.equal(row.words, String(at))
      const cell = cells?.[3 * at]
      assert.ok(cell !== undefined && Math.abs(row.middleY - cell.middleY) < 2 && row.middleX < cell.x)
    }
    assert.deepEqual([columns?.length, rows?.length], [3, 3])
    for (const { width, height } of cells ?? []) assert.ok(Math.abs(width - height) < 1.5, `${width} × ${height}`)
    assert.deepEqual(await findBarriers(page), [])
    assert.deepEqual(visitor.monitor.shifts, [])
    await visitor.leave()
  })

test('[B42] coordinates on the cells, and the same in the list of moves', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await wish(X, { coordinates: 'cells' })
  const [cells, labels] = await Promise.all([boxesOf(X, '.cell'), boxesOf(X, '.options > span')])
  assert.deepEqual(
    labels.map(({ words }) => words),
    ['0,0', '1,0', '2,0', '0,1', '1,1', '2,1', '0,2', '1,2', '2,2'],
  )
  for (const [at, label] of labels.entries()) {
    const cell = cells[at]
    assert.ok(cell !== undefined && Math.abs(cell.x - label.x) < 3 && Math.abs(cell.y - label.y) < 3)
  }
  await X.tap(2, 0)
  await O.sees(2, 0, 'X')
  await O.confirm('Resign')
  await X.page.locator('.move', { hasText: '2,0' }).waitFor()
  await O.page.locator('.move', { hasText: 'column 3, row 1' }).waitFor()
  await X.leave()
  await O.leave()
})

test('[B42] coordinates of a zoomed board stay in sight, and its cells are named beside it', async () => {
  const server = await openBrowserServer()
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  await using game = await seatTwo(server, { rules: { width: 25, height: 25, line: 5 } }, phone)
  const { X } = game
  await wish(X, { coordinates: 'cells' })
  await X.page.evaluate(() => document.querySelector('.frame')?.scrollTo(9_999, 9_999))
  const [frame] = await boxesOf(X, '.frame')
  const [lastColumn] = (await boxesOf(X, '.beside.columns span')).slice(-1)
  const [lastRow] = (await boxesOf(X, '.beside.rows span')).slice(-1)
  const [lastCell] = (await boxesOf(X, '.cell')).slice(-1)
  assert.ok(frame !== undefined && lastColumn !== undefined && lastRow !== undefined && lastCell !== undefined)
  assert.deepEqual([lastColumn.words, lastRow.words], ['24', '24'])
  assert.ok(Math.abs(lastColumn.middleX - lastCell.middleX) < 2 && Math.abs(lastRow.middleY - lastCell.middleY) < 2)
  assert.ok(lastColumn.y >= frame.y && lastColumn.y < frame.y + 25, `${lastColumn.y} in ${frame.y}`)
  assert.ok(lastRow.x >= frame.x && lastRow.x < frame.x + 25, `${lastRow.x} in ${frame.x}`)
  await X.leave()
  await game.O.leave()
})

test('[B43] a tap chooses a cell, another one another, Escape none; the second one on it or the button plays', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await wish(X, { confirms: true })
  await wish(O, { confirms: true, coordinates: 'beside' })
  const boxOf = async () => (await boxesOf(X, '.board'))[0]
  const before = await boxOf()
  await X.tap(0, 0)
  await X.reads('Choose the cell again to play.')
  await X.tap(1, 0)
  assert.equal(await heldCells(X), 1)
  await X.page.keyboard.press('Escape')
  assert.equal(await heldCells(X), 0)
  await X.tap(2, 2)
  await X.page.waitForTimeout(300)
  assert.equal(await X.board(), '.........')
  await X.tap(2, 2)
  await O.sees(2, 2, 'X')
  assert.equal(await heldCells(X), 0)
  await O.tap(1, 1)
  assert.deepEqual(await findBarriers(O.page), [])
  await O.press('Play 1,1')
  await X.sees(1, 1, 'O')
  // The keyboard: the first press chooses, the second one plays.
  await X.cell(2, 1).focus()
  await X.page.keyboard.press('Enter')
  await X.page.getByRole('button', { name: 'Play column 3, row 2' }).waitFor()
  assert.equal(await X.board(), '....O...X')
  await X.page.keyboard.press('Enter')
  await O.sees(2, 1, 'X')
  assert.deepEqual(await boxOf(), before)
  assert.deepEqual([X.monitor.shifts, O.monitor.shifts], [[], []])
  await X.leave()
  await O.leave()
})

test('[B44] a move chosen while the opponent thinks is made when the turn comes, or is dropped', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await wish(O, { premoves: true })
  await O.tap(0, 0)
  await O.reads('Kept: this move is played when your turn comes.')
  await O.tap(0, 0)
  assert.equal(await heldCells(O), 0)
  await O.tap(1, 0)
  await O.page.keyboard.press('Escape')
  assert.equal(await heldCells(O), 0)
  await O.tap(2, 0)
  assert.equal(await heldCells(O), 1)
  await X.tap(1, 1)
  await X.sees(2, 0, 'O')
  assert.equal(await heldCells(O), 0)
  // The opponent takes the chosen cell: nothing is sent, and nothing is said.
  await O.tap(0, 2)
  assert.equal(await heldCells(O), 1)
  await X.tap(0, 2)
  await O.standsAt('Your move: O')
  await O.page.waitForTimeout(300)
  assert.deepEqual([await O.board(), await heldCells(O)], ['..O.X.X..', 0])
  assert.equal(await O.page.getByText('That cell is taken.').count(), 0)
  await X.leave()
  await O.leave()
})

test('[B44] a move chosen in advance is dropped by a takeback, and with the page of the game', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await wish(O, { premoves: true })
  await X.tap(1, 1)
  await O.tap(0, 0)
  await X.sees(0, 0, 'O')
  await O.tap(2, 2)
  assert.equal(await heldCells(O), 1)
  await O.press('Take back')
  await X.press('Accept the takeback')
  await O.standsAt('Your move: O')
  await O.page.waitForTimeout(300)
  assert.deepEqual([await O.board(), await heldCells(O)], ['....X....', 0])
  await O.tap(0, 0)
  await X.sees(0, 0, 'O')
  await O.tap(2, 2)
  assert.equal(await heldCells(O), 1)
  await O.press('Open games')
  await X.page.waitForTimeout(300)
  await X.tap(1, 0)
  await X.page.waitForTimeout(500)
  assert.equal(await X.board(), 'OX..X....')
  await X.leave()
  await O.leave()
})

for (const theme of ['paper', 'slate', 'wood', 'contrast'])
  for (const colorScheme of ['light', 'dark'] as const)
    test(`[B48] ${theme}, ${colorScheme}: marks, lines and coordinates have the contrast of WCAG AA`, async () => {
      const server = await openBrowserServer()
      await using visitor = await Visitor.open(server.url, { colorScheme })
      const { page } = visitor
      await visitor.goto('/')
      await page.getByRole('grid').waitFor()
      await wish(visitor, { theme, coordinates: 'cells' })
      await visitor.tap(1, 1)
      await page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
      await page.mouse.move(0, 0)
      const contrasts = await contrastOf(page)
      for (const [what, { ratio, least }] of Object.entries(contrasts))
        assert.ok(ratio >= least, `${what}: ${ratio.toFixed(2)} of ${least}`)
      assert.equal(Object.keys(contrasts).length, 10)
      assert.deepEqual(await findBarriers(page), [])
      await visitor.leave()
    })

test('[B48] a theme is there with the first frame of the board, also in other pages of the browser, and not before', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { colorScheme: 'light' })
  const { page } = visitor
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  await page.waitForTimeout(500)
  assert.deepEqual(
    asked.filter((url) => url.includes('board-options')),
    [],
    'the first page has loaded the themes',
  )
  const other = await visitor.context.newPage()
  await other.goto('/')
  await other.getByRole('grid').waitFor()
  await visitor.press('Settings')
  await page.getByRole('combobox', { name: 'Look' }).selectOption('wood')
  await visitor.press('Save')
  for (const each of [page, other]) await each.locator('.options.theme-wood').waitFor({ state: 'attached' })
  await other.close()
  await page.addInitScript(() => {
    const colours: string[] = []
    const look = (): void => {
      const cell = document.querySelector('.cell')
      if (cell !== null) colours.push(getComputedStyle(cell).backgroundColor)
      requestAnimationFrame(look)
    }
    look()
    Object.assign(globalThis, { colours })
  })
  await page.route(/board-options/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await page.reload()
  await page.locator('.options').waitFor({ state: 'attached' })
  await page.waitForTimeout(200)
  const colours = await page.evaluate(() => (globalThis as unknown as { colours: string[] }).colours)
  assert.deepEqual([...new Set(colours)], ['rgb(236, 210, 164)'])
  assert.deepEqual(visitor.monitor.shifts, [])
  await visitor.leave()
})

test('[B17] board settings chosen in two pages apply to both; the last choice of each one wins', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/')
  await page.getByRole('grid').waitFor()
  await visitor.press('Settings')
  await page.getByRole('combobox', { name: 'Coordinates' }).selectOption('beside')
  const other = await visitor.context.newPage()
  await other.goto('/')
  await other.getByRole('button', { name: 'Settings' }).click()
  await other.getByRole('checkbox', { name: 'Confirm each move' }).check()
  await other.getByRole('button', { name: 'Save' }).click()
  await page.locator('.below').waitFor({ state: 'attached' })
  await visitor.press('Save')
  for (const each of [page, other]) {
    await each.locator('.beside.rows').waitFor({ state: 'attached' })
    await each.locator('.below').waitFor({ state: 'attached' })
  }
  await visitor.leave()
})
