/** The dialog for a new game: pictures to choose from, folded rules, numbers with buttons, a preview. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { findBarriers } from './accessibility.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

const field = (page: Page, name: string) => page.getByRole('spinbutton', { name })

/** Presses Tab until a part with this name is focused. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < 40; stops++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { activeElement } = document
      if (activeElement instanceof HTMLInputElement)
        return activeElement.ariaLabel ?? activeElement.labels?.[0]?.textContent
      return activeElement?.getAttribute('title') ?? activeElement?.textContent
    })
    if (focused === name) return
  }
  throw new Error(`no stop is named ${name}`)
}

test('[B62] opponent, rules and numbers are chosen with the keyboard alone', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  const { keyboard } = page
  await visitor.goto('/')
  await visitor.press('New game')
  const friend = page.getByRole('group', { name: 'Against' }).getByRole('radio', { name: 'A friend, by link' })
  await friend.focus()
  // From the first to the last of the group: it is one stop.
  await keyboard.press('ArrowLeft')
  assert.ok(await page.getByRole('radio', { name: 'Two at this screen' }).isChecked())
  await keyboard.press('Tab')
  await keyboard.press('ArrowRight')
  assert.ok(await page.getByRole('radio', { name: 'Gomoku' }).isChecked())
  await visitor.reads('Columns × rows: 15 × 15')
  assert.equal(await field(page, 'Columns').count(), 0, 'the rules are not folded')
  await keyboard.press('ArrowLeft')
  await tabTo(page, 'Change these rules')
  await keyboard.press('Enter')
  await tabTo(page, 'Columns: more')
  await keyboard.press('Enter')
  await keyboard.press('Space')
  await page.getByRole('status').filter({ hasText: 'Columns: 5' }).waitFor({ state: 'attached' })
  await visitor.reads('Columns × rows: 5 × 3')
  assert.ok(await page.getByRole('radio', { name: 'Custom', exact: true }).isChecked())
  await keyboard.press('Enter')
  await keyboard.press('Shift+Tab')
  await keyboard.press('ArrowDown')
  assert.equal(await field(page, 'Columns').inputValue(), '5')
  await keyboard.press('Enter')
  await page.getByRole('grid', { name: '5 × 3, 3 in a row' }).waitFor()
  // The same rules again: they are custom, so they are not folded.
  await visitor.press('New game')
  assert.equal(await field(page, 'Columns').inputValue(), '5')
  assert.deepEqual(await findBarriers(page), [])
  await visitor.leave()
})

test('[B62] the buttons of a number stop at its limits; what was typed stays', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, phone)
  const { page } = visitor
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await visitor.goto('/')
  await visitor.press('New game')
  await page.getByRole('radio', { name: 'Custom', exact: true }).check()
  const line = field(page, 'In a row')
  assert.ok(await button('In a row: more').isDisabled())
  await page.getByText('1 to 3', { exact: true }).waitFor()
  await button('Rows: more').tap()
  await page.getByText('1 to 4', { exact: true }).waitFor()
  await button('In a row: more').tap()
  assert.equal(await line.inputValue(), '4')
  const { width = 0, height = 0 } = (await button('In a row: less').boundingBox()) ?? {}
  assert.ok(width >= 44 && height >= 44, `the button has ${width} by ${height} px`)

  await line.fill('9')
  await visitor.reads('A line is at most as long as the longer side.')
  await visitor.press('Start')
  assert.equal(await line.inputValue(), '9')
  assert.ok(
    await line.evaluate(
      (element: HTMLInputElement) => element === document.activeElement && element.validity.rangeOverflow,
    ),
  )
  await button('In a row: less').tap()
  assert.equal(await line.inputValue(), '4')
  await visitor.leave()
})

test('[B63] the preview follows each choice, moves nothing, and Start is in sight', async () => {
  const server = await openBrowserServer()
  // German has the longest words.
  await using visitor = await Visitor.open(server.url, { ...phone, locale: 'de' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('Neues Spiel')
  const preview = page.locator('.preview')
  // How far the fold below it is from the top of the dialog, however that is scrolled.
  const depth = () =>
    page
      .locator('summary')
      .evaluate((fold) => fold.getBoundingClientRect().top + (fold.closest('dialog')?.scrollTop ?? 0))
      .then(Math.round)
  const marks = () => preview.locator('.mark-X').evaluate((path) => path.getAttribute('d')?.split('M').length ?? 0)
  const before = await depth()
  const lines = new Set<number>()
  for (const rules of await page.locator('input[name=rules]').all()) {
    await rules.check()
    lines.add(await marks())
    assert.deepEqual(await depth(), before)
  }
  assert.ok(lines.size > 2, 'the picture does not follow the rules')
  for (const tick of await page.locator('details [type=checkbox]').all()) await tick.check()
  await page.locator('details select').selectOption('wild')
  await visitor.reads('Längere Reihen zählen nicht.')
  assert.deepEqual(await depth(), before)
  const start = await page.getByRole('button', { name: 'Los' }).boundingBox()
  assert.ok(start !== null && start.y + start.height <= phone.viewport.height)
  const [seen, whole] = await page.getByRole('dialog').evaluate((dialog) => [dialog.clientWidth, dialog.scrollWidth])
  assert.equal(whole, seen)
  await visitor.leave()
})
