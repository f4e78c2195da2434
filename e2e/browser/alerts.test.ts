/** What tells a visitor that others acted, while the visitor looks at something else: icon, title, sound, notification. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { eventually } from '../lib/wait.ts'
import { isMissing } from './firefox.ts'
import { seatTwo } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

interface Shown {
  readonly title: string
  readonly body: string
}

/** Reports to the page what happens when another window covers it: a headless browser has no windows. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isHidden ? 'hidden' : 'visible',
  )
}

/**
 * Permits notifications. A Chromium without windows refuses them whatever the permission is; there a list takes the place
 * of the operating system. With OXO_CHROMIUM=/usr/bin/chromium these tests show real ones.
 */
async function permit({ context }: Visitor): Promise<void> {
  await context.grantPermissions(['notifications'])
  await context.addInitScript(() => {
    if (!('serviceWorker' in navigator) || Notification.permission === 'granted') return
    Object.defineProperty(Notification, 'permission', { value: 'granted' })
    let shown: readonly Notification[] = []
    Object.assign(ServiceWorkerRegistration.prototype, {
      showNotification(title: string, { body, tag }: NotificationOptions) {
        const close = (): void => void (shown = shown.filter((other) => other.tag !== tag))
        close()
        shown = [...shown, { title, body, tag, close } as Notification]
        return Promise.resolve()
      },
      getNotifications: () => Promise.resolve(shown),
    })
  })
}

function listNotifications(page: Page): Promise<readonly Shown[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const all = await registration.getNotifications()
    const plain = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, '')
    return all.map(({ title, body }) => ({ title: plain(title), body: plain(body) }))
  })
}

async function choose(visitor: Visitor, ...labels: readonly string[]): Promise<void> {
  await visitor.press('Settings')
  for (const label of labels) await visitor.page.getByRole('checkbox', { name: label }).check()
  await visitor.press('Save')
  await visitor.page.getByRole('dialog').waitFor({ state: 'detached' })
}

const sound = 'Sound, and vibration on phones'
const notifications = 'Notifications while the page is hidden'

/** Counts the sounds of all pages of the browser. */
async function countSounds({ context }: Visitor): Promise<() => number> {
  let count = 0
  await context.exposeFunction('countSound', () => void count++)
  await context.addInitScript(() => {
    const { countSound } = globalThis as unknown as { countSound(this: void): void }
    globalThis.AudioContext = class extends AudioContext {
      override createOscillator(): OscillatorNode {
        countSound()
        return super.createOscillator()
      }
    }
  })
  return () => count
}

test('[B45] an opponent who moves while the page is hidden is seen on the tab, heard, and notified of, once', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const { page } = X
  const sounds = await countSounds(X)
  await permit(X)
  await page.reload()
  await X.isKept()
  await choose(X, sound, notifications)
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  const icon = page.locator('link[rel=icon]')
  assert.equal(await icon.getAttribute('href'), '/icon.svg')
  await hide(page, true)
  await O.tap(1, 1)
  await eventually(async () => (await listNotifications(page)).length > 0)
  assert.deepEqual(await listNotifications(page), [{ title: 'Grace', body: 'Grace: O, column 2, row 2. Your move: X' }])
  assert.equal(sounds(), 1)
  await eventually(async () => (await page.title()).startsWith('(1) '))
  assert.equal(await icon.getAttribute('href'), '/icon-waiting.svg')
  assert.equal((await page.request.get('/icon-waiting.svg')).status(), 200)
  // One's own move makes no sound; a page that is seen again has nothing to tell any more.
  await hide(page, false)
  await eventually(async () => (await listNotifications(page)).length === 0)
  await eventually(async () => (await icon.getAttribute('href')) === '/icon.svg')
  await X.tap(0, 1)
  await O.sees(0, 1, 'X')
  assert.equal(sounds(), 1)
  // Another page of the same browser follows the game, too: still one sound, and no notification of a page that is seen.
  const other = await X.context.newPage()
  await other.goto('/')
  await other.getByRole('region', { name: 'Your games' }).waitFor()
  await O.tap(2, 2)
  await X.sees(2, 2, 'O')
  await eventually(() => sounds() === 2)
  await page.waitForTimeout(500)
  assert.equal(sounds(), 2)
  assert.deepEqual(await listNotifications(page), [])
  await X.leave()
  await O.leave()
})

test('[B45] nothing is played or shown unless the visitor chose it', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const sounds = await countSounds(X)
  await permit(X)
  await X.page.reload()
  await X.isKept()
  await X.tap(0, 0)
  await O.sees(0, 0, 'X')
  await hide(X.page, true)
  await O.tap(1, 1)
  await eventually(async () => (await X.page.title()).startsWith('(1) '))
  await X.page.waitForTimeout(500)
  assert.deepEqual(await listNotifications(X.page), [])
  assert.equal(sounds(), 0)
  await X.leave()
  await O.leave()
})

test('[B45] a click on a notification leads to the game', async (t) => {
  if (isMissing(t, 'workers')) return t.skip()
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  const { page } = X
  await page.reload()
  await X.isKept()
  await X.tap(0, 0)
  await X.press('Oxo')
  await page.getByRole('region', { name: 'Your games' }).waitFor()
  const [worker] = X.context.serviceWorkers()
  assert.ok(worker !== undefined)
  // Nobody can click on a notification of a headless browser: this is the event of a click.
  await worker.evaluate((id) => {
    const notification = { data: { game: id }, close: () => {} }
    dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: () => {} }))
  }, game.game)
  await X.standsAt('Grace is to move')
  assert.equal(await X.game(), game.game)
  await X.leave()
  await O.leave()
})

test('[B45] a browser that blocks notifications says so, and the setting stays off', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.context.clearPermissions()
  await visitor.goto('/')
  await visitor.page.evaluate(() => (Notification.requestPermission = () => Promise.resolve('denied')))
  await visitor.press('Settings')
  const box = visitor.page.getByRole('checkbox', { name: notifications })
  await box.click()
  await visitor.reads('The browser blocks notifications of this site.')
  assert.equal(await box.isChecked(), false)
  await visitor.leave()
})

test('[B45] a friend who accepts is heard on a page without TLS, which cannot show notifications and says so', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url.replace('127.0.0.1', 'house.test'), { name: 'Ada' })
  const sounds = await countSounds(visitor)
  // The list of own games does not have the new one yet.
  await visitor.page.routeWebSocket(/./, (socket) => {
    const toServer = socket.connectToServer()
    socket.onMessage((message) => {
      if (!message.includes('"method":"account.games"')) toServer.send(message)
    })
  })
  await visitor.goto('/')
  await visitor.press('Settings')
  await visitor.reads('Notifications need a secure address (https).')
  assert.equal(await visitor.page.getByRole('checkbox', { name: notifications }).isDisabled(), true)
  await visitor.press('Cancel')
  await choose(visitor, sound)
  await visitor.press('Invite a friend')
  const game = await visitor.game()
  await visitor.reads('Copy')
  // Parts that load later hear only what happens then.
  await visitor.page.waitForLoadState('networkidle')
  using grace = connect(server.url, { name: 'Grace' })
  await grace.join(game)
  await eventually(() => sounds() === 1)
  await visitor.leave(/untrustworthy|origin-keyed/)
})
