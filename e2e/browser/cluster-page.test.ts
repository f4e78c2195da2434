/** `/cluster` in the browser: the nodes, and that one of them is gone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertOpenToAll } from './themes.ts'
import { BrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

test('[W24] the page of the cluster is reached from the lobby, and shows a server that was killed as gone', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const { page } = visitor
  await visitor.goto('/games')
  await visitor.press('The servers of this service')
  await visitor.standsAt('The servers of this service')
  const node = page.getByRole('row').filter({ hasText: new URL(server.url).port })
  await node.getByText('ready', { exact: true }).waitFor()
  await visitor.reads('The journal is this node’s own, without copies.')
  assert.match(await page.title(), /^The servers of this service/)
  await assertOpenToAll(visitor, 'the cluster')
  await server.kill()
  await node.getByText(/^gone for \d+ s$/).waitFor()
  await visitor.reads('The server does not answer. Below is its last report.')
  await server.start()
  await node.getByText('ready', { exact: true }).waitFor()
  await page.reload()
  await node.getByText('ready', { exact: true }).waitFor()
  await visitor.leave(/ERR_CONNECTION_REFUSED|WebSocket/)
})

test('[W24] the page of the cluster fits a narrow phone and speaks Arabic', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url, { locale: 'ar', viewport: { width: 360, height: 740 } })
  const { page } = visitor
  await visitor.goto('/cluster')
  await visitor.standsAt('خوادم هذه الخدمة')
  await page.getByRole('row').nth(1).waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await visitor.leave()
})
