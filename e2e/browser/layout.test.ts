/** The board takes what the screen has: whole on a phone in landscape, large and in the middle on a large screen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

interface Screen {
  readonly width: number
  readonly height: number
}

const screens = {
  'a phone': { width: 360, height: 740 },
  'a phone in landscape': { width: 844, height: 390 },
  'a small phone in landscape': { width: 667, height: 375 },
  'a tablet': { width: 768, height: 1024 },
  'a laptop': { width: 1440, height: 900 },
  'a large screen': { width: 2560, height: 1440 },
} as const satisfies Record<string, Screen>

async function boxOf(page: Page, selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator(selector).boundingBox()
  assert.ok(box !== null, selector)
  return box
}

async function assertWellPlaced(page: Page, screen: Screen, name: string): Promise<void> {
  const board = await boxOf(page, '.board')
  assert.ok(
    board.y >= 0 && board.y + board.height <= screen.height,
    `${name}: the board ends at ${board.y + board.height}`,
  )
  assert.ok(board.x >= 0 && board.x + board.width <= screen.width, `${name}: the board is cut at its side`)
  // What is left of the screen beside the bar, the situation and the controls.
  const least = Math.min(600, screen.width - 40, screen.height - (screen.height < 500 ? 80 : 420))
  assert.ok(board.width >= least, `${name}: the board has ${board.width} px, ${least} are there`)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`)
  const panel = await boxOf(page, '.aside')
  const [start, end] = [Math.min(board.x, panel.x), Math.max(board.x + board.width, panel.x + panel.width)]
  const offset = Math.abs(start + end - screen.width) / 2
  assert.ok(offset <= 0.12 * screen.width, `${name}: board and panel are ${offset} px beside the middle`)
}

for (const [name, screen] of Object.entries(screens))
  test(`[B36] ${name} of ${screen.width} × ${screen.height}: the whole board, as large as there is room`, async () => {
    const server = await openBrowserServer()
    await using visitor = await Visitor.open(server.url, { viewport: screen })
    await visitor.goto('/')
    await visitor.standsAt('Your move: X')
    await assertWellPlaced(visitor.page, screen, 'the first page')
    await visitor.leave()
    await using game = await seatTwo(server, { clock: { initialMs: 600_000, incrementMs: 0 } }, { viewport: screen })
    await assertWellPlaced(game.X.page, screen, 'a game')
    await game.X.leave()
    await game.O.leave()
  })

test('the label of an opponent who is away stays beside the name', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await O.leave()
  await O.page.close()
  const label = X.page.getByText('away', { exact: true })
  await label.waitFor()
  const isInside = await label.evaluate((element) => {
    const [own, bar] = [element.getBoundingClientRect(), element.closest('.player')?.getBoundingClientRect()]
    return bar !== undefined && own.top >= bar.top && own.bottom <= bar.bottom && own.left >= bar.left
  })
  assert.ok(isInside, 'the label is outside the bar of its player')
  await X.leave()
})
