/** Names made to do harm are shown, and change nothing else. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type Client, connect } from '../../src/client/node/index.ts'
import { hostileNames } from './hostile-names.ts'
import { openHouse } from './house.ts'
import { Visitor } from './visitor.ts'

/** The narrowest phone that people still have. */
const phone = { width: 320, height: 640 } as const

/** What a part of a page is made of: its elements and what they say of themselves, without any text of people. */
function skeletonOf(part: Locator): Promise<string> {
  return part.evaluate((root) => {
    const describe = (element: Element): string => {
      const attributes = [...element.attributes]
        .map(({ name, value }) => (/^(?:class|role|type|dir|lang)$/.test(name) ? `${name}=${value}` : name))
        .toSorted()
      return `<${element.localName} ${attributes.join(' ')}>${[...element.children].map(describe).join('')}</>`
    }
    return describe(root)
  })
}

/** What is written in a part of a page, without the marks that keep one name from turning the text around it. */
async function textOf(part: Locator): Promise<string> {
  return ((await part.textContent()) ?? '').replaceAll(/[\u2066-\u2069]/g, '')
}

async function assertFits(page: Page, name: string): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
  assert.ok(scrollWidth <= clientWidth, `${name} makes the page ${scrollWidth} wide where ${clientWidth} are seen`)
}

/** A client for each name, connected. */
async function gather(t: TestContext, names: readonly string[]): Promise<readonly Client[]> {
  const { url } = await openHouse()
  return Promise.all(
    names.map(async (name) => {
      const client = connect(url, { name })
      t.after(() => client.close())
      assert.equal((await client.ready()).name, name)
      return client
    }),
  )
}

test('sixty hostile names change nothing but text: in the lobby and at their games', async (t) => {
  assert.equal(new Set(hostileNames).size, 60)
  const house = await openHouse()
  const harmless = ['Ada', 'Grace']
  const names = [...harmless, ...hostileNames]
  const clients = await gather(t, names)
  await using visitor = await Visitor.open(house.url, { viewport: phone })
  const { page } = visitor
  await visitor.goto('/games')
  const games = await Promise.all(clients.map((client) => client.create({ public: true, seat: 'X' })))
  const rowOf = (id: string): Locator =>
    page.getByRole('listitem').filter({ has: page.locator(`a[href="/games/${id}"]`) })
  const [first] = games
  assert.ok(first !== undefined)
  await Promise.all(games.map(({ id }) => rowOf(id).first().waitFor()))
  const row = await skeletonOf(rowOf(first.id).first())
  for (const [index, { id }] of games.entries()) {
    const name = names[index] ?? ''
    assert.ok((await textOf(rowOf(id).first())).includes(name), `${name} is not shown as it is`)
    assert.equal(await skeletonOf(rowOf(id).first()), row, name)
  }
  await assertFits(page, 'one of the names')

  // Two to a game, so that half as many pages show them all, with a word about who has won.
  let harmlessPage = ''
  for (let index = 0; index < games.length; index += 2) {
    const [game, guest] = [games[index], clients[index + 1]]
    const pair = names.slice(index, index + 2)
    assert.ok(game !== undefined && guest !== undefined)
    await (await guest.join(game.id)).resign()
    await visitor.goto(`/games/${game.id}`)
    await visitor.standsAt('won: by resignation')
    const body = page.locator('body')
    const text = await textOf(body)
    for (const name of pair) assert.ok(text.includes(name), `${name} is not shown as it is`)
    const skeleton = await skeletonOf(body)
    harmlessPage ||= skeleton
    assert.equal(skeleton, harmlessPage, pair.join(' and '))
    await assertFits(page, pair.join(' and '))
  }
  await visitor.leave()
})

test('a name that became markup would be found', async () => {
  const house = await openHouse()
  await using visitor = await Visitor.open(house.url, { viewport: phone })
  const { page } = visitor
  await visitor.goto('/')
  const heading = page.getByRole('heading', { level: 1 })
  await heading.waitFor()
  const before = await skeletonOf(page.locator('body'))
  await heading.evaluate((element) => void (element.innerHTML = '<b>bold</b>'))
  assert.notEqual(await skeletonOf(page.locator('body')), before)
  await heading.evaluate((element) => void (element.innerHTML = '<img src=x onerror=alert(1)>'))
  await page.waitForTimeout(0)
  assert.match(visitor.watchman.problems.join('\n'), /policy: script-src-attr inline/)
  await heading.evaluate((element) => void (element.textContent = 'W'.repeat(200)))
  await assert.rejects(assertFits(page, 'a long name'))
})
