/** The page speaks as the browser asks, or as its visitor chose. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from './house.ts'
import { Visitor } from './visitor.ts'

test('[B13] the language is the one the browser asks for, can be changed, and is kept', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { locale: 'de-AT' })
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
  // Columns count from the left in every language.
  const [first, second] = await Promise.all([0, 1].map((cell) => page.locator(`[data-cell="${cell}"]`).boundingBox()))
  assert.ok((first?.x ?? 0) < (second?.x ?? 0))
  await visitor.press('الإعدادات')
  await page.locator('dialog select').selectOption('auto')
  await page.locator('dialog [type=submit]').click()
  await page.locator('html[lang=de][dir=ltr]').waitFor()
  await visitor.leave()
})

test('a browser that asks for a language the page does not have gets English', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { locale: 'eo' })
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  assert.equal(await visitor.page.evaluate(() => document.documentElement.lang), 'en')
  await visitor.leave()
})
