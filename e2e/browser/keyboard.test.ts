/** A complete game without a mouse, starting at the first page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { limits } from '../../src/protocol/index.ts'
import { openBrowserServer } from './test-server.ts'
import { listen } from './reader.ts'
import { sortBySeat } from './seats.ts'
import { Visitor } from './visitor.ts'

/** More focusable elements than any page has. */
const stopsMax = 60

/** Presses Tab until the named control has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let stop = 0; stop < stopsMax; stop++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      return element === null ? '' : (element.ariaLabel ?? element.textContent)
    })
    if (name.test(focused)) return
    seen.push(focused)
  }
  assert.fail(`Tab never reaches ${name}: ${seen.join(' | ')}`)
}

/** Presses the arrow keys that lead from one cell to another. */
async function walk(page: Page, dx: number, dy: number): Promise<void> {
  for (let step = 0; step < Math.abs(dx); step++) await page.keyboard.press(dx > 0 ? 'ArrowRight' : 'ArrowLeft')
  for (let step = 0; step < Math.abs(dy); step++) await page.keyboard.press(dy > 0 ? 'ArrowDown' : 'ArrowUp')
}

/** Delay after which a control that has just changed accepts input again. */
const settledMs = limits.noticeMs + 300

test('[B11] two people meet, play and resign with the keyboard alone, and every move is announced', async () => {
  const server = await openBrowserServer()
  await using ada = await Visitor.open(server.url)
  await using grace = await Visitor.open(server.url)
  for (const [{ page }, name] of [
    [ada, 'Ada'],
    [grace, 'Grace'],
  ] as const) {
    await page.goto('/')
    await page.bringToFront()
    await tabTo(page, /^Play someone$/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
  }
  const [game] = await Promise.all([ada.game(), grace.game()])
  assert.ok(game.length > 10)
  const [X, O] = await sortBySeat(ada, grace)
  const announcements = await listen(O.page)
  // Only the window in front presses a button by a key in Firefox.
  await X.page.bringToFront()
  await tabTo(X.page, /^column 2, row 2, empty/)
  await walk(X.page, -1, -1)
  await X.page.keyboard.press('Enter')
  await O.sees(0, 0, 'X')
  await O.page.bringToFront()
  await tabTo(O.page, /^column 2, row 2, empty/)
  await O.page.keyboard.press('Space')
  await X.sees(1, 1, 'O')
  await X.page.bringToFront()
  await walk(X.page, 2, 0)
  await X.page.keyboard.press('Enter')
  await O.sees(2, 0, 'X')
  assert.match((await announcements()).join('\n'), new RegExp(`${X === ada ? 'Ada' : 'Grace'}.*: X, column 1, row 1`))
  await O.page.bringToFront()
  await tabTo(O.page, /^Resign$/)
  await setTimeout(settledMs)
  await O.page.keyboard.press('Enter')
  await setTimeout(settledMs)
  await O.page.keyboard.press('Enter')
  await O.standsAt('You lost: by resignation')
  await X.standsAt('You won: by resignation')
  await X.leave()
  await O.leave()
})

test('a dialog keeps the focus, closes with Escape, and returns the focus', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await page.goto('/')
  await tabTo(page, /^New game$/)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  for (let stop = 0; stop < 20; stop++) {
    await page.keyboard.press('Tab')
    const isInside = await page.evaluate(
      () =>
        document.activeElement === document.body || document.activeElement?.closest('dialog,[role=dialog]') !== null,
    )
    assert.ok(isInside, 'Tab leaves the dialog')
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'New game')
  await visitor.leave()
})
