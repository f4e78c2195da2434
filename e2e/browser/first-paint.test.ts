/** What the visitor sees first: the chosen colours and the language of the browser, never others before them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

/** Collects the background and the words of the page at every frame from the first one. */
async function watchFrames(page: Page): Promise<() => Promise<readonly { paper: string; words: string }[]>> {
  await page.addInitScript(() => {
    const frames: { paper: string; words: string }[] = []
    const look = (): void => {
      if (document.body !== null)
        frames.push({
          paper: getComputedStyle(document.body).backgroundColor,
          words: document.querySelector('h1')?.textContent ?? '',
        })
      requestAnimationFrame(look)
    }
    look()
    Object.assign(globalThis, { frames })
  })
  return () => page.evaluate(() => (globalThis as unknown as { frames: { paper: string; words: string }[] }).frames)
}

const different = (values: readonly string[]): readonly string[] => [...new Set(values)].filter((value) => value !== '')

test('[B37] the chosen colours are there at the first frame, and the bars of the browser have them too', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { colorScheme: 'light' })
  const { page } = visitor
  await visitor.goto('/')
  await visitor.press('Settings')
  await page.getByRole('radio', { name: 'Dark' }).check()
  await visitor.press('Save')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  const frames = await watchFrames(page)
  await page.reload()
  await visitor.standsAt('Your move: X')
  assert.deepEqual(different((await frames()).map(({ paper }) => paper)), ['rgb(23, 22, 18)'])
  const bars = await page
    .locator('meta[name=theme-color]')
    .evaluateAll((metas) => metas.map((meta) => meta.getAttribute('content')))
  assert.deepEqual(bars, ['#171612', '#171612'])
  await visitor.press('Settings')
  await page.getByRole('radio', { name: 'As the device' }).check()
  await visitor.press('Save')
  await page.locator('meta[name=theme-color][media*=light][content="#fbf7ef"]').waitFor({ state: 'attached' })
  await visitor.leave()
})

test('[B37] an Arabic visitor never sees an English heading', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { locale: 'ar' })
  const { page } = visitor
  const frames = await watchFrames(page)
  // Slow enough for many frames before the texts arrive.
  await page.route(/\/assets\/ar-/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await route.continue()
  })
  await visitor.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForTimeout(200)
  assert.deepEqual(different((await frames()).map(({ words }) => words)), ['دورك: X'])
  await visitor.leave()
})

test('[B37] a page whose texts do not arrive is shown in English', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { locale: 'de' })
  const { page } = visitor
  await page.route(/\/assets\/de-/, (route) => route.abort())
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  await visitor.leave(/ERR_FAILED|de-/)
})
