/** A page that stays open: game after game, its memory stays what it was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { type PageHeap, weighPage } from '../browser/page-heap.ts'
import { identify } from '../browser/seats.ts'
import { openBrowserServer } from '../browser/test-server.ts'
import { Visitor } from '../browser/visitor.ts'

/** Games against the bot of the page. `OXO_PAGE_GAMES=200` takes a minute. */
const games = Number(process.env['OXO_PAGE_GAMES'] ?? 40)
/** Games against a bot of the server. */
const serverGames = Math.ceil(games / 5)
/** Games before the first measurement: they cause the one-time allocations. */
const gamesBefore = { page: 20, server: 5 }
/** The growth of the page from then on, however many games follow. 0.3 kB were measured for 180 games. */
const grownMax = 16 * 1_024
const nodesMax = 20
/** The worker keeps the record of each game. 2.5 kB were measured. */
const recordBytesMax = 4 * 1_024

/** Runs in the page and before its worker: time passes 50 times as fast. */
const hasten = `{
  const [now, later, speed] = [performance.now.bind(performance), setTimeout, 50]
  performance.now = () => now() * speed
  globalThis.setTimeout = (run, ms = 0, ...rest) => later(run, ms / speed, ...rest)
}`

/** Runs in the page. Plays the first empty cell until so many games are over and the next one has begun. */
async function playGames(count: number): Promise<void> {
  const find = (selector: string, name: RegExp): HTMLElement | undefined =>
    [...document.querySelectorAll<HTMLElement>(selector)].find((each) => name.test(each.ariaLabel ?? each.textContent))
  for (let over = 0, isOver = false; over < count; await new Promise(requestAnimationFrame)) {
    const again = find('button', /^(?:Play again|Rematch)$/)
    if (isOver && again === undefined) over++
    isOver = again !== undefined
    again?.click()
    if (document.querySelector('h1')?.textContent.startsWith('Your move') === true)
      find('[role=gridcell]', /empty/)?.click()
  }
}

/** Runs in the page. Keeps 4 kB for each move. */
function leak(): void {
  const kept: number[][] = []
  Object.assign(globalThis, { kept })
  addEventListener('click', () => kept.push(Array.from({ length: 500 }, () => Math.random())))
}

/** The growth from the first measurement to the last. */
async function measureGrowth(visitor: Visitor, before: number, count: number): Promise<PageHeap> {
  const { page, context } = visitor
  const session = await context.newCDPSession(page)
  await page.evaluate(playGames, before)
  const first = await weighPage(session)
  await page.evaluate(playGames, count - before)
  const last = await weighPage(session)
  await session.detach()
  const grown = (part: keyof PageHeap): number => last[part] - first[part]
  return { page: grown('page'), worker: grown('worker'), nodes: grown('nodes'), listeners: grown('listeners') }
}

/** A visitor in a hurry. Service workers are off, so that the worker's script comes by this route. */
async function openHasty(...[url, options]: Parameters<typeof Visitor.open>): Promise<Visitor> {
  const visitor = await Visitor.open(url, { ...options, serviceWorkers: 'block' })
  await hurry(visitor.page)
  return visitor
}

async function hurry(page: Page): Promise<void> {
  await page.addInitScript(hasten)
  await page.route('**/assets/service-*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: hasten + (await response.text()) })
  })
}

test('[B15] game after game against the bot, the page keeps no more memory', async () => {
  const server = await openBrowserServer()
  await using visitor = await openHasty(server.url)
  await visitor.goto('/')
  const grown = await measureGrowth(visitor, gamesBefore.page, games)
  const perRecord = Math.round(grown.worker / (games - gamesBefore.page))
  console.log(
    `${games} games in a page: ${grown.page} bytes more after game ${gamesBefore.page}, ${perRecord} a record`,
  )
  assert.ok(grown.page <= grownMax, `the page has grown by ${grown.page} bytes`)
  assert.ok(grown.nodes <= nodesMax && grown.listeners <= nodesMax, JSON.stringify(grown))
  assert.ok(perRecord > 100 && perRecord <= recordBytesMax, `the worker keeps ${perRecord} bytes for each game`)
  await visitor.page.evaluate(leak)
  const leaking = await measureGrowth(visitor, 1, 9)
  assert.ok(leaking.page > grownMax, 'a page that keeps 4 kB for each move is not detected')
  await visitor.leave(/Service Worker registration blocked/)
})

test('[B15] rematch after rematch on the server, the page keeps no more memory', async () => {
  const server = await openBrowserServer()
  const identity = await identify(server, 'Ada')
  using ada = connect(server.url, { token: identity.token })
  const { id } = await ada.create({ opponent: { bot: 'casual' } })
  await using visitor = await openHasty(server.url, { identity, name: 'Ada' })
  await visitor.goto(`/games/${id}`)
  const grown = await measureGrowth(visitor, gamesBefore.server, serverGames)
  console.log(`${serverGames} games on a server: ${grown.page} bytes more after game ${gamesBefore.server}`)
  assert.ok(grown.page <= grownMax, `the page has grown by ${grown.page} bytes`)
  assert.ok(grown.nodes <= nodesMax && grown.listeners <= nodesMax, JSON.stringify(grown))
  await visitor.leave(/Service Worker registration blocked/)
})
