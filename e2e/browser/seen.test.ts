/** Taps and keys that were meant for what the page showed a moment ago. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Locator } from 'playwright-core'
import { type Client, connect, type GameHandle } from '../../src/client/node/index.ts'
import { limits } from '../../src/protocol/index.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { identify } from './seats.ts'
import { Visitor } from './visitor.ts'

const notice = 'This has just changed. Look again, then tap.'
/** Delay after which nothing on the page counts as just changed. */
const settledMs = limits.noticeMs + 300
/** How far the clock of the page jumps ahead when it is stopped: it cannot be stopped in the past. */
const aheadMs = 2_000

/** A phone, on which the buttons of every offer are at the same place. */
const phone = { width: 375, height: 800 } as const

interface Setup {
  readonly visitor: Visitor
  readonly game: GameHandle
  readonly ada: Client
}

/** The visitor plays O against Ada; each has made one move. */
async function startGame(t: TestContext): Promise<Setup> {
  const server = await openBrowserServer()
  const grace = await identify(server, 'Grace')
  const ada = connect(server.url, { name: 'Ada' })
  t.after(() => ada.close())
  using other = connect(server.url, { token: grace.token })
  const game = await ada.create({ seat: 'X' })
  const theirs = await other.join(game.id)
  await game.until(({ players }) => players.O !== null)
  await game.move(0, 0)
  await theirs.until(({ turn }) => turn === 'O')
  await theirs.move(1, 1)
  await game.until(({ turn }) => turn === 'X')
  const visitor = await Visitor.open(server.url, { identity: grace, name: 'Grace', viewport: phone })
  t.after(() => visitor[Symbol.asyncDispose]())
  await visitor.page.clock.install()
  await visitor.goto(`/games/${game.id}`)
  await visitor.standsAt('is to move')
  return { visitor, game, ada }
}

/** Stops the clock of the page. Every later change counts as just made until the clock runs again. */
async function stopClock({ page }: Visitor): Promise<void> {
  await page.clock.pauseAt(Date.now() + aheadMs)
}

/** Taps the button with this text in the moment in which the page shows it, however slow this test is. */
function tapWhenShown({ page }: Visitor, label: string): Promise<void> {
  return page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const tap = (_: unknown, observer: MutationObserver): void => {
          const button = [...document.querySelectorAll('button')].find(({ textContent }) =>
            textContent.startsWith(wanted),
          )
          if (button === undefined) return
          observer.disconnect()
          button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
          button.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }))
          resolve()
        }
        new MutationObserver(tap).observe(document.body, { childList: true, subtree: true })
      }),
    label,
  )
}

/** The centre of `target`, scrolled into view. */
async function aimAt(target: Locator): Promise<{ readonly x: number; readonly y: number }> {
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  assert.ok(box !== null)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

const accept = (visitor: Visitor): Locator => visitor.page.getByRole('button', { name: /^Accept the / })

test('[B16] a tap meant for one offer does not accept the one that replaced it', async (t) => {
  const { visitor, game } = await startGame(t)
  await game.offer('takeback')
  const { x, y } = await aimAt(accept(visitor))
  await stopClock(visitor)
  await game.offer('draw')
  await visitor.reads('Ada offers a draw')
  const box = await accept(visitor).boundingBox()
  assert.ok(box !== null && x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height)
  await visitor.page.mouse.click(x, y)
  await visitor.reads(notice)
  assert.equal(game.view.outcome, null)
  await visitor.page.clock.resume()
  await setTimeout(settledMs)
  await visitor.page.mouse.click(x, y)
  await game.until(({ outcome }) => outcome?.by === 'agreement')
  await visitor.leave()
})

test('[B16] a press that began on one offer does not accept another, however long it lasts', async (t) => {
  const { visitor, game } = await startGame(t)
  await game.offer('takeback')
  const { x, y } = await aimAt(accept(visitor))
  await setTimeout(settledMs)
  await visitor.page.mouse.move(x, y)
  await visitor.page.mouse.down()
  await game.offer('draw')
  await visitor.reads('Ada offers a draw')
  await setTimeout(settledMs)
  await visitor.page.mouse.up()
  await visitor.reads(notice)
  assert.equal(game.view.outcome, null)
  await visitor.leave()
})

test('[B16] a key meant for one offer does not accept another', async (t) => {
  const { visitor, game } = await startGame(t)
  await game.offer('takeback')
  await accept(visitor).focus()
  await stopClock(visitor)
  await game.offer('draw')
  await visitor.reads('Ada offers a draw')
  await visitor.page.keyboard.press('Enter')
  await visitor.reads(notice)
  assert.equal(game.view.outcome, null)
  await visitor.leave()
})

test('[B16] a tap on a withdrawn offer does not resign the game, although the button to resign is there now', async (t) => {
  const { visitor, game } = await startGame(t)
  const resign = visitor.page.getByRole('button', { name: 'Resign' })
  await game.offer('draw')
  await accept(visitor).waitFor()
  await stopClock(visitor)
  await game.answer('draw', false)
  const { x, y } = await aimAt(resign)
  await visitor.page.mouse.click(x, y)
  await visitor.reads(notice)
  assert.equal(game.view.outcome, null)
  await visitor.leave()
})

test('[B16] a double tap that accepts a rematch does not resign it', async (t) => {
  const { visitor, game, ada } = await startGame(t)
  await game.resign()
  await game.offer('rematch')
  const { x, y } = await aimAt(accept(visitor))
  await setTimeout(settledMs)
  const tapped = tapWhenShown(visitor, 'Resign')
  await visitor.page.mouse.click(x, y)
  const { next = '' } = await game.until((view) => view.next !== undefined)
  await visitor.page.waitForURL(`**/games/${next}`)
  await tapped
  await visitor.reads(notice)
  assert.equal((await ada.game(next)).view.outcome, null)
  await visitor.leave()
})

test('[B16] on an open board a tap just after a move of another visitor places no mark for the other side', async (t) => {
  await using server = await BrowserServer.open()
  await using visitor = await Visitor.open(server.url)
  const ada = connect(server.url)
  t.after(() => ada.close())
  await visitor.page.clock.install()
  await visitor.goto('/games/main')
  await visitor.standsAt('X is to move')
  const { x, y } = await aimAt(visitor.cell(2, 2))
  const main = await ada.game('main')
  await stopClock(visitor)
  await main.move(0, 0)
  await visitor.sees(0, 0, 'X')
  await visitor.page.mouse.click(x, y)
  await visitor.reads(notice)
  assert.equal(await visitor.board(), 'X........')
  await visitor.page.clock.resume()
  await setTimeout(settledMs)
  await visitor.page.mouse.click(x, y)
  await visitor.sees(2, 2, 'O')
  // A visitor's own mark does not delay that visitor's next tap.
  const next = await aimAt(visitor.cell(1, 1))
  await visitor.page.mouse.click(next.x, next.y)
  await visitor.sees(1, 1, 'X')
  await main.until(({ board }) => board === 'X...X...O')
  await visitor.leave()
})

test('[B16] in the lobby a tap does not join a game that has just moved to the place of another', async (t) => {
  await using server = await BrowserServer.open()
  const [ada, grace] = ['Ada', 'Grace'].map((name) => connect(server.url, { name })) as [Client, Client]
  t.after(() => [ada, grace].forEach((client) => client.close()))
  const first = await ada.create({ public: true, seat: 'X' })
  const second = await grace.create({ public: true, seat: 'X', clock: { initialMs: 1_000, incrementMs: 0 } })
  await using visitor = await Visitor.open(server.url, { name: 'Eve' })
  await visitor.page.clock.install()
  await visitor.goto('/games')
  const row = (name: string): Locator => visitor.page.getByRole('listitem').filter({ hasText: name })
  const { x, y } = await aimAt(visitor.page.getByRole('button', { name: 'Join' }).first())
  const isAdaFirst = ((await row('Ada').boundingBox())?.y ?? 0) < ((await row('Grace').boundingBox())?.y ?? 0)
  const [gone, stays] = isAdaFirst ? ([ada, second] as const) : ([grace, first] as const)
  await stopClock(visitor)
  gone.close()
  await row(isAdaFirst ? 'Ada' : 'Grace').waitFor({ state: 'hidden' })
  await visitor.page.mouse.click(x, y)
  await visitor.reads(notice)
  assert.equal(stays.view.players.O, null)
  assert.equal(new URL(visitor.page.url()).pathname, '/games')
  await visitor.page.clock.resume()
  await setTimeout(settledMs)
  await visitor.page.mouse.click(x, y)
  await stays.until(({ players }) => players.O !== null)
  await visitor.leave()
})
