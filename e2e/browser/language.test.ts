/** The page uses the language that the browser requests or that its visitor chose. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[B13] the language is the one the browser requests, can be changed, and is remembered', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { locale: 'de-AT' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.standsAt('Du bist am Zug: X')
  await visitor.press('Einstellungen')
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('ar')
  await visitor.press('Speichern')
  await page.locator('html[lang=ar][dir=rtl]').waitFor()
  await visitor.standsAt('دورك: X')
  await page.reload()
  await page.locator('html[lang=ar][dir=rtl]').waitFor()
  await visitor.standsAt('دورك: X')
  // Columns are numbered from the left in every language.
  const [first, second] = await Promise.all([0, 1].map((cell) => page.locator(`[data-cell="${cell}"]`).boundingBox()))
  assert.ok((first?.x ?? 0) < (second?.x ?? 0))
  await visitor.press('الإعدادات')
  await page.getByRole('combobox', { name: 'اللغة' }).selectOption('auto')
  await page.locator('dialog [type=submit]').click()
  await page.locator('html[lang=de][dir=ltr]').waitFor()
  await visitor.leave()
})

test('a browser that requests an unsupported language gets English', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { locale: 'eo' })
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  assert.equal(await visitor.page.evaluate(() => document.documentElement.lang), 'en')
  await visitor.leave()
})
