/** Hostile names are shown as text and change nothing else. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type Client, connect } from '../../src/client/node/index.ts'
import { hostileNames } from './hostile-names.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

/** The narrowest phone still in use. */
const phone = { width: 320, height: 640 } as const

interface Part {
  /** The text without the Unicode isolates around names. */
  readonly text: string
  /** The structure of the part: its elements and their attributes, without user-supplied text. */
  readonly skeleton: string
}

/**
 * Reads every part that the locator finds. `title`: selector of the element whose text is read; by default the part.
 */
function readParts(parts: Locator, title = '*'): Promise<readonly Part[]> {
  return parts.evaluateAll((roots, selector) => {
    const describe = (element: Element): string => {
      const attributes = [...element.attributes]
        .map(({ name, value }) => (/^(?:class|role|type|dir|lang)$/.test(name) ? `${name}=${value}` : name))
        .toSorted()
      return `<${element.localName} ${attributes.join(' ')}>${[...element.children].map(describe).join('')}</>`
    }
    return roots.map((root) => {
      const text = (selector === '*' ? root : root.querySelector(selector))?.textContent ?? ''
      return { text: text.replaceAll(/[\u2066-\u2069]/g, ''), skeleton: describe(root) }
    })
  }, title)
}

async function readPage(page: Page): Promise<Part> {
  const [part] = await readParts(page.locator('body'))
  assert.ok(part !== undefined)
  return part
}

async function assertFits(page: Page, name: string): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { documentElement: root } = document
    return { scrollWidth: root.scrollWidth, clientWidth: root.clientWidth }
  })
  assert.ok(
    scrollWidth <= clientWidth,
    `${name} makes the page ${scrollWidth} px wide, but only ${clientWidth} px are visible`,
  )
}

/** Connects one client for each name. */
async function connectAll(
  t: TestContext,
  { url }: BrowserServer,
  names: readonly string[],
): Promise<readonly Client[]> {
  return Promise.all(
    names.map(async (name) => {
      const client = connect(url, { name })
      t.after(() => client.close())
      assert.equal((await client.ready()).name, name)
      return client
    }),
  )
}

test('[B14] sixty hostile names change nothing but text: in the lobby and at their games', async (t) => {
  assert.equal(new Set(hostileNames).size, 60)
  await using server = await BrowserServer.open()
  const names = ['Ada', 'Grace', ...hostileNames]
  const clients = await connectAll(t, server, names)
  await using visitor = await Visitor.open(server.url, { viewport: phone })
  const { page } = visitor
  const games = await Promise.all(clients.map((client) => client.create({ public: true, seat: 'X' })))
  await visitor.goto('/games')
  const rows = page.getByRole('listitem')
  await rows.nth(names.length - 1).waitFor()
  const shown = await readParts(rows, 'p')
  assert.deepEqual(shown.map(({ text }) => text).toSorted(), names.toSorted())
  for (const { text, skeleton } of shown) assert.equal(skeleton, shown[0]?.skeleton, text)
  await assertFits(page, 'one of the names')

  // Each game has two of the names, and names one of them as the winner. That halves the number of pages.
  let harmless = ''
  for (let index = 0; index < games.length; index += 2) {
    const [game, guest] = [games[index], clients[index + 1]]
    const pair = names.slice(index, index + 2)
    assert.ok(game !== undefined && guest !== undefined)
    await (await guest.join(game.id)).resign()
    await visitor.goto(`/games/${game.id}`)
    await visitor.standsAt('won: by resignation')
    await page.getByRole('slider').waitFor()
    // A board accepts no tap in its first half second.
    await page.locator('.steady:not(.fresh)').waitFor()
    const { text, skeleton } = await readPage(page)
    for (const name of pair) assert.ok(text.includes(name), `${name} is not shown as it is`)
    harmless ||= skeleton
    assert.equal(skeleton, harmless, pair.join(' and '))
    await assertFits(page, pair.join(' and '))
  }
  await visitor.leave()
})

test('two names of 24 wide letters fit into the lobby and their game on a narrow phone', async (t) => {
  await using server = await BrowserServer.open()
  const [ada, grace] = await connectAll(t, server, ['W'.repeat(24), 'M'.repeat(24)])
  assert.ok(ada !== undefined && grace !== undefined)
  const game = await ada.create({ public: true, seat: 'X', clock: { initialMs: 600_000, incrementMs: 0 } })
  await grace.join(game.id)
  await using visitor = await Visitor.open(server.url, { viewport: { width: 360, height: 740 } })
  await visitor.goto('/games')
  await visitor.page.getByText('is to move').waitFor()
  await assertFits(visitor.page, 'the lobby')
  await visitor.goto(`/games/${game.id}`)
  await visitor.cell(0, 0).waitFor()
  await assertFits(visitor.page, 'the game')
  await visitor.leave()
})

test('[B2] a visitor who chooses an invalid name is told what a valid name is', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await visitor.press('Settings')
  for (const name of ['W'.repeat(25), 'Ada\u200B', 'Perfect bot', 'YOU']) {
    await visitor.page.getByRole('textbox', { name: 'Name' }).fill(name)
    await visitor.press('Save')
    await visitor.reads(
      'This name cannot be shown: it takes 1 to 24 visible characters, and must not be that of a bot.',
    )
  }
  await visitor.leave()
})

test('[C29] a visitor who cancels after a refused name can still play after a restart of the server', async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/games/main')
  await visitor.standsAt('X is to move')
  await visitor.press('Settings')
  await visitor.page.getByRole('textbox', { name: 'Name' }).fill('Ada\u200B')
  await visitor.press('Save')
  await visitor.reads('This name cannot be shown: it takes 1 to 24 visible characters, and must not be that of a bot.')
  await visitor.press('Cancel')
  await server.kill()
  await visitor.page.getByRole('group', { name: 'Connection' }).waitFor()
  await server.start()
  await visitor.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
  await visitor.tap(1, 1)
  await visitor.standsAt('O is to move')
  await visitor.leave()
})

test('a name that is rendered as markup is detected', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { viewport: phone })
  const { page } = visitor
  await visitor.goto('/')
  const heading = page.getByRole('heading', { level: 1 })
  await heading.waitFor()
  const before = (await readPage(page)).skeleton
  await heading.evaluate((element) => void (element.innerHTML = '<b>bold</b>'))
  assert.notEqual((await readPage(page)).skeleton, before)
  await heading.evaluate((element) => void (element.innerHTML = '<img src=x onerror=alert(1)>'))
  await visitor.monitor.find(/policy: script-src-attr inline/)
  // The heading itself cuts what is too wide.
  await page
    .locator('main')
    .evaluate((element) =>
      element.append(Object.assign(document.createElement('pre'), { textContent: 'W'.repeat(200) })),
    )
  await assert.rejects(assertFits(page, 'a long name'))
})
