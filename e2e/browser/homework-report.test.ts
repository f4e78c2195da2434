/** The page of a grade: readable on a phone and on a screen, light and dark, without a script. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeHtmlReport } from '../../src/grading/index.ts'
import { exampleGrade, hostileName, impossibleGrade } from '../../src/grading/testing/example-grade.ts'
import { findBarriers } from './accessibility.ts'
import { openBrowser } from './browser.ts'

test('the page of a grade has no barrier, fits a phone, and shows what a submission says as text', async (t) => {
  const context = await (await openBrowser()).newContext({ viewport: { width: 360, height: 740 } })
  t.after(() => context.close())
  const page = await context.newPage()
  await page.setContent(writeHtmlReport(exampleGrade))
  assert.equal(await page.locator('h1').innerText(), hostileName)
  assert.equal(await page.locator('script, img').count(), 0)
  await page.locator('summary').click()
  assert.ok(await page.getByText('4d 4f 56 45 20 58').isVisible())
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await findBarriers(page), [])
  }
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360)
  assert.deepEqual(await page.locator('svg .head').allTextContents(), ['X', 'O', 'server'])
})

test('the page shows what a submission printed with its spaces, below each other', async (t) => {
  const context = await (await openBrowser()).newContext({ viewport: { width: 360, height: 740 } })
  t.after(() => context.close())
  const page = await context.newPage()
  await page.setContent(writeHtmlReport(impossibleGrade))
  assert.match(await page.locator('.first p').innerText(), /\nTraceback:\n {4}int\("port"\)\n {8}\^{6}$/)
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360)
})
