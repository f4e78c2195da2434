/** Names made to do harm are shown, and change nothing else. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type Client, connect } from '../../src/client/node/index.ts'
import { hostileNames } from './hostile-names.ts'
import { House, openHouse } from './house.ts'
import { Visitor } from './visitor.ts'

/** The narrowest phone that people still have. */
const phone = { width: 320, height: 640 } as const

interface Part {
  /** Without the marks that keep one name from turning the text around it. */
  readonly text: string
  /** What it is made of: its elements and what they say of themselves, without any text of people. */
  readonly skeleton: string
}

/** Every part that the locator finds. `title`: the element in it whose text is wanted; the whole by default. */
function look(parts: Locator, title = '*'): Promise<readonly Part[]> {
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

async function lookAtPage(page: Page): Promise<Part> {
  const [part] = await look(page.locator('body'))
  assert.ok(part !== undefined)
  return part
}

async function assertFits(page: Page, name: string): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { documentElement: root } = document
    return { scrollWidth: root.scrollWidth, clientWidth: root.clientWidth }
  })
  assert.ok(scrollWidth <= clientWidth, `${name} makes the page ${scrollWidth} wide where ${clientWidth} are seen`)
}

/** A client for each name, connected. */
async function gather(t: TestContext, { url }: House, names: readonly string[]): Promise<readonly Client[]> {
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
  await using house = await House.open()
  const names = ['Ada', 'Grace', ...hostileNames]
  const clients = await gather(t, house, names)
  await using visitor = await Visitor.open(house.url, { viewport: phone })
  const { page } = visitor
  const games = await Promise.all(clients.map((client) => client.create({ public: true, seat: 'X' })))
  await visitor.goto('/games')
  const rows = page.getByRole('listitem')
  await rows.nth(names.length - 1).waitFor()
  const shown = await look(rows, 'p')
  assert.deepEqual(shown.map(({ text }) => text).toSorted(), names.toSorted())
  for (const { text, skeleton } of shown) assert.equal(skeleton, shown[0]?.skeleton, text)
  await assertFits(page, 'one of the names')

  // Two to a game, so that half as many pages show them all, with a word about who has won.
  let harmless = ''
  for (let index = 0; index < games.length; index += 2) {
    const [game, guest] = [games[index], clients[index + 1]]
    const pair = names.slice(index, index + 2)
    assert.ok(game !== undefined && guest !== undefined)
    await (await guest.join(game.id)).resign()
    await visitor.goto(`/games/${game.id}`)
    await visitor.standsAt('won: by resignation')
    await page.getByRole('slider').waitFor()
    // For its first half second a board takes no tap.
    await page.locator('.steady:not(.fresh)').waitFor()
    const { text, skeleton } = await lookAtPage(page)
    for (const name of pair) assert.ok(text.includes(name), `${name} is not shown as it is`)
    harmless ||= skeleton
    assert.equal(skeleton, harmless, pair.join(' and '))
    await assertFits(page, pair.join(' and '))
  }
  await visitor.leave()
})

test('[B2] whoever chose a name that cannot be shown is told what a name is', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url)
  await visitor.goto('/')
  await visitor.press('Settings')
  for (const name of ['W'.repeat(25), 'Ada\u200B']) {
    await visitor.page.getByRole('textbox', { name: 'Name' }).fill(name)
    await visitor.press('Save')
    await visitor.reads('This name cannot be shown: it takes 1 to 24 visible characters.')
  }
  await visitor.leave()
})

test('[C29] whoever gave up on a refused name plays on after the server was started again', async () => {
  await using house = await House.open()
  await using visitor = await Visitor.open(house.url)
  await visitor.goto('/games/main')
  await visitor.standsAt('X is to move')
  await visitor.press('Settings')
  await visitor.page.getByRole('textbox', { name: 'Name' }).fill('Ada\u200B')
  await visitor.press('Save')
  await visitor.reads('This name cannot be shown: it takes 1 to 24 visible characters.')
  await visitor.press('Cancel')
  await house.kill()
  await visitor.page.getByRole('group', { name: 'Connection' }).waitFor()
  await house.start()
  await visitor.page.getByRole('group', { name: 'Connection' }).waitFor({ state: 'hidden' })
  await visitor.tap(1, 1)
  await visitor.standsAt('O is to move')
  await visitor.leave()
})

test('a name that became markup would be found', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { viewport: phone })
  const { page } = visitor
  await visitor.goto('/')
  const heading = page.getByRole('heading', { level: 1 })
  await heading.waitFor()
  const before = (await lookAtPage(page)).skeleton
  await heading.evaluate((element) => void (element.innerHTML = '<b>bold</b>'))
  assert.notEqual((await lookAtPage(page)).skeleton, before)
  await heading.evaluate((element) => void (element.innerHTML = '<img src=x onerror=alert(1)>'))
  await visitor.watchman.find(/policy: script-src-attr inline/)
  await heading.evaluate((element) =>
    element.append(Object.assign(document.createElement('pre'), { textContent: 'W'.repeat(200) })),
  )
  await assert.rejects(assertFits(page, 'a long name'))
})
