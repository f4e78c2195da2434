/** All pages of one browser share one account and one set of settings. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { identify } from './seats.ts'
import { Visitor } from './visitor.ts'

const generous = { timeout: 90_000 }

/** Runs in the page. Removes the Web Locks API, which pages without TLS do not have. */
function refuseLocks(): void {
  Reflect.deleteProperty(Navigator.prototype, 'locks')
}

/** Runs in the page. Makes every later write to storage exceed the quota. */
function fillStorage(): void {
  Storage.prototype.setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
}

async function openPages({ context }: Visitor, count: number): Promise<readonly Page[]> {
  return Promise.all(Array.from({ length: count }, () => context.newPage()))
}

function accountOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const kept = localStorage.getItem('oxo:identity') ?? '{}'
    return (JSON.parse(kept) as { readonly account?: { readonly id: string } }).account?.id ?? 'nobody'
  })
}

async function chooseTheme(page: Page, theme: string): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: theme }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function rename(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

for (const [title, hasLocks] of [
  ['', true],
  [', also where a browser has no locks', false],
] as const) {
  test(
    `[B17] pages opened at once on a first visit are one guest, whose seats outlive them${title}`,
    generous,
    async () => {
      await using server = await BrowserServer.open()
      using ada = connect(server.url, { name: 'Ada' })
      const count = 5
      const games = await Promise.all(Array.from({ length: count }, () => ada.create({ seat: 'X' })))
      await using visitor = await Visitor.open(server.url, { name: 'Bo' })
      if (!hasLocks) await visitor.context.addInitScript(refuseLocks)
      const pages = await openPages(visitor, count)
      await Promise.all(pages.map((page, index) => page.goto(`/games/${games[index]?.id}`)))
      await Promise.all(pages.map((page) => page.getByRole('button', { name: /^Play/ }).click()))
      const owners = await Promise.all(
        games.map(async (game) => (await game.until(({ players }) => players.O !== null)).players.O),
      )
      assert.deepEqual(
        owners.map((owner) => owner?.name),
        owners.map(() => 'Bo'),
      )
      assert.equal(new Set(owners.map((owner) => owner?.id)).size, 1)
      await Promise.all(pages.map((page) => page.reload()))
      for (const page of pages) await page.getByRole('button', { name: 'Resign' }).waitFor()
      await visitor.leave()
    },
  )
}

test(
  '[B17] pages whose account the server no longer knows become one new guest with the same name',
  generous,
  async () => {
    const server = await openBrowserServer()
    const identity = { token: 'no.such.token', account: { id: 'forgotten', name: 'Ann' } }
    await using visitor = await Visitor.open(server.url, { identity, name: 'Ann' })
    using ada = connect(server.url, { name: 'Ada' })
    const games = await Promise.all([0, 1, 2].map(() => ada.create({ seat: 'X' })))
    const pages = await openPages(visitor, games.length)
    await Promise.all(pages.map((page, index) => page.goto(`/games/${games[index]?.id}`)))
    await Promise.all(pages.map((page) => page.getByRole('button', { name: /^Play/ }).click()))
    const owners = await Promise.all(
      games.map(async (game) => (await game.until(({ players }) => players.O !== null)).players.O),
    )
    assert.deepEqual(
      owners.map((owner) => owner?.name),
      ['Ann', 'Ann', 'Ann'],
    )
    assert.equal(new Set(owners.map((owner) => owner?.id)).size, 1)
    assert.equal(await accountOf(pages[0] ?? assert.fail()), owners[0]?.id)
    await visitor.leave()
  },
)

test('[B17] a stored name that the server refuses is dropped, and the page still works', generous, async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { name: 'Ann\u200B' })
  await visitor.goto('/games')
  await visitor.reads('Nobody is waiting.')
  await visitor.press('Play someone')
  await visitor.page.getByRole('textbox', { name: 'Name' }).waitFor()
  await visitor.leave()
})

test('[B17] settings chosen in two pages apply to both; the last choice of each setting wins', generous, async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const [first, second] = (await openPages(visitor, 2)) as [Page, Page]
  for (const page of [first, second]) await page.goto('/')
  // The settings of the second page are open while the first page changes another setting.
  await second.getByRole('button', { name: 'Settings' }).click()
  await chooseTheme(first, 'Dark')
  await second.getByRole('combobox', { name: 'Language' }).selectOption('de')
  await second.getByRole('button', { name: 'Save' }).click()
  for (const page of [first, second]) await page.locator('html[lang=de][data-theme=dark]').waitFor()
  await visitor.leave()
})

test('[B17] a name changed in one page changes in all pages', generous, async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seat: 'X' })
  const [first, second] = (await openPages(visitor, 2)) as [Page, Page]
  await first.goto(`/games/${game.id}`)
  await first.getByRole('button', { name: /^Play/ }).waitFor()
  await second.goto('/')
  for (const name of ['Grace', 'Hopper']) await rename(second, name)
  // The name field of the other page is the only sign that it has received the change.
  await first.getByRole('button', { name: 'Settings' }).click()
  await first.getByRole('textbox', { name: 'Name' }).and(first.locator(':valid')).waitFor()
  await first.getByRole('button', { name: 'Cancel' }).click()
  await first.getByRole('button', { name: /^Play/ }).click()
  const { players } = await game.until((view) => view.players.O !== null)
  assert.equal(players.O?.name, 'Hopper')
  await visitor.leave()
})

test('[B17] a page that was frozen does not restore an old name', generous, async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seat: 'X' })
  const [first, second] = (await openPages(visitor, 2)) as [Page, Page]
  await second.goto('/')
  await rename(second, 'Grace')
  await first.goto(`/games/${game.id}`)
  await first.getByRole('button', { name: /^Play/ }).waitFor()
  const session = await visitor.context.newCDPSession(first)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await rename(second, 'Hopper')
  await server.kill()
  await server.start()
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await first.getByRole('button', { name: /^Play/ }).click()
  const { players } = await game.until((view) => view.players.O !== null)
  assert.equal(players.O?.name, 'Hopper')
  const kept = await second.evaluate(() => localStorage.getItem('oxo:settings'))
  assert.equal((JSON.parse(kept ?? '{}') as { readonly name?: string }).name, 'Hopper')
  await visitor.leave()
})

test('[B17] a name chosen while another page switches the account still takes the seat', generous, async () => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seat: 'X' })
  const [first, second] = (await openPages(visitor, 2)) as [Page, Page]
  await first.goto(`/games/${game.id}`)
  await first.getByRole('button', { name: /^Play/ }).click()
  await first.getByRole('textbox', { name: 'Name' }).fill('Grace')
  await first.waitForFunction(() => localStorage.getItem('oxo:identity') !== null)
  const other = await identify(server, 'Somebody else')
  await second.goto('/')
  // The listener of the page runs before this one, which is added later.
  await first.evaluate(() =>
    addEventListener('storage', ({ key }) => {
      if (key === 'oxo:identity') document.documentElement.classList.add('heard')
    }),
  )
  await second.evaluate((identity) => localStorage.setItem('oxo:identity', JSON.stringify(identity)), other)
  await first.locator('html.heard').waitFor()
  await first.getByRole('button', { name: 'Continue' }).click()
  const { players } = await game.until((view) => view.players.O !== null)
  assert.deepEqual(players.O, { id: other.account.id, name: 'Grace' })
  await first.getByRole('button', { name: 'Resign' }).waitFor()
  await visitor.leave()
})

test('[B17] a page that gets an account after another page got one uses that one', generous, async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  using ada = connect(server.url, { name: 'Ada' })
  const game = await ada.create({ seat: 'X' })
  const [first, second] = (await openPages(visitor, 2)) as [Page, Page]
  const stored = Promise.withResolvers<void>()
  const connected = Promise.withResolvers<void>()
  await first.routeWebSocket(/./, (socket) => {
    const upstream = socket.connectToServer()
    upstream.onMessage((message) => {
      connected.resolve()
      void stored.promise.then(() => socket.send(message))
    })
  })
  const other = await identify(server, 'Somebody else')
  await first.goto(`/games/${game.id}`)
  await connected.promise
  await second.goto('/cluster')
  await second.evaluate((identity) => localStorage.setItem('oxo:identity', JSON.stringify(identity)), other)
  stored.resolve()
  await first.getByRole('button', { name: /^Play/ }).click()
  await first.getByRole('textbox', { name: 'Name' }).fill('Grace')
  await first.getByRole('button', { name: 'Continue' }).click()
  const { players } = await game.until((view) => view.players.O !== null)
  assert.deepEqual(players.O, { id: other.account.id, name: 'Grace' })
  const kept = await second.evaluate(() => localStorage.getItem('oxo:identity'))
  assert.equal((JSON.parse(kept ?? '{}') as typeof other).account.id, other.account.id)
  await visitor.leave()
})

test(
  '[B18] with full storage the page uses the latest choices, and says what will not last',
  generous,
  async (t: TestContext) => {
    const server = await openBrowserServer()
    const errors: string[] = []
    await using visitor = await Visitor.open(server.url, { name: 'Bo' })
    const { page } = visitor
    page.on('pageerror', ({ message }) => errors.push(message))
    await visitor.goto('/')
    await page.evaluate(fillStorage)
    await visitor.press('Settings')
    await page.getByRole('radio', { name: 'Dark' }).check()
    await visitor.press('Save')
    await visitor.reads('This browser keeps nothing: your choices last only as long as this page.')
    await visitor.press('Cancel')
    await page.locator('html[data-theme=dark]').waitFor()
    await visitor.press('Settings')
    assert.equal(await page.getByRole('radio', { name: 'Dark' }).isChecked(), true)
    await visitor.press('Cancel')
    using ada = connect(server.url, { name: 'Ada' })
    const game = await ada.create({ public: true, seat: 'X' })
    await visitor.press('Open games')
    await page.getByRole('listitem').filter({ hasText: 'Ada' }).getByRole('button', { name: 'Join' }).click()
    await game.until(({ players }) => players.O?.name === 'Bo')
    await visitor.reads('This browser keeps nothing: if you close or reload this page, you lose your seat.')
    await game.until(({ players }) => players.O !== null)
    await game.move(0, 0)
    await visitor.standsAt('Your move: O')
    await visitor.context.setOffline(true)
    await visitor.tap(1, 1)
    await visitor.reads('This browser keeps nothing: leave this page open until then.')
    await visitor.context.setOffline(false)
    await game.until(({ board }) => board === 'X...O....')
    t.diagnostic(errors.join('; '))
    assert.deepEqual(errors, [])
    await visitor.leave()
  },
)
