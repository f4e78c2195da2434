/** A school class with one public address: everybody opens the page at once in a separate browser, then reloads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { program, ServerProcess } from '../lib/server-process.ts'
import { openBrowser } from './browser.ts'

/** Fewer people than in a class, with limits reduced in proportion: two connections and one WebSocket per person. */
const people = 8
const limits = ['--connections-per-address', `${2 * people}`, '--rate-limit-address', '200']

test('[W26] many browsers that share one address load the page at once, play, and reload it', async (t) => {
  await using server = await ServerProcess.start([
    ...[program, 'serve', '--port', '0', '--journal', 'memory', '--log-level', 'silent'],
    ...limits,
  ])
  const browser = await openBrowser()
  const contexts = await Promise.all(Array.from({ length: people }, () => browser.newContext({ locale: 'en' })))
  t.after(() => Promise.all(contexts.map((context) => context.close())))
  const pages = await Promise.all(contexts.map((context) => context.newPage()))
  const refused: string[] = []
  for (const page of pages)
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
    })
  await Promise.all(pages.map((page) => page.goto(`${server.url}/games/main`)))
  await Promise.all(pages.map((page) => page.getByRole('gridcell').first().waitFor()))
  const [first] = pages
  assert.ok(first !== undefined)
  await first.getByRole('gridcell').first().click()
  // Everybody sees the move, so everybody is connected.
  const isMarked = /X/
  await Promise.all(pages.map((page) => page.getByRole('gridcell', { name: isMarked }).first().waitFor()))
  await Promise.all(pages.map((page) => page.reload()))
  await Promise.all(pages.map((page) => page.getByRole('gridcell', { name: isMarked }).first().waitFor()))
  assert.deepEqual(refused, [])
})
