/** Notifications while the page is closed: the settings, the server's message, and what the service worker shows. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Worker } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { TestPushService } from '../../src/server/testing/push-service.ts'
import { eventually } from '../lib/wait.ts'
import { identify } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

// All tests of the file have one server.
const pushes = await TestPushService.open()
process.env['OXO_PUSH_SERVICE'] = pushes.origin
after(() => pushes[Symbol.asyncDispose]())

const alsoClosed = 'Also when this page is closed'

/** A browser whose push service is that of the test: Chromium cannot subscribe without Google's. */
async function subscribeHere({ context }: Visitor): Promise<void> {
  const device = pushes.register()
  await context.grantPermissions(['notifications'])
  await context.addInitScript(({ endpoint, p256dh, auth }) => {
    if (!('PushManager' in globalThis)) return
    Object.defineProperty(Notification, 'permission', { value: 'granted' })
    Notification.requestPermission = () => Promise.resolve('granted')
    const bytes = (text: string): ArrayBuffer =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0)).buffer
    const make = (applicationServerKey: ArrayBuffer): object => ({
      options: { applicationServerKey },
      endpoint,
      toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
      unsubscribe: () => Promise.resolve((localStorage.removeItem('test'), true)),
    })
    Object.assign(PushManager.prototype, {
      getSubscription() {
        const key = localStorage.getItem('test')
        return Promise.resolve(key === null ? null : make(bytes(key)))
      },
      subscribe({ applicationServerKey }: { readonly applicationServerKey: string }) {
        if (localStorage.getItem('refuses') !== null) return Promise.reject(new Error('refused'))
        localStorage.setItem('test', applicationServerKey)
        return Promise.resolve(make(bytes(applicationServerKey)))
      },
    })
  }, device)
}

async function save(visitor: Visitor): Promise<void> {
  await visitor.press('Save')
  await visitor.page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Opens the page until its service worker runs, and leaves it. Returns the worker. */
async function closePage(visitor: Visitor): Promise<Worker> {
  await visitor.goto('/')
  await visitor.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const [worker] = visitor.context.serviceWorkers()
  assert.ok(worker !== undefined)
  await visitor.page.goto('about:blank')
  return worker
}

/** Delivers a message as a push service does, and returns what the service worker then shows. */
async function deliver(worker: Worker, message: object): Promise<readonly object[]> {
  return worker.evaluate(async (data) => {
    const shown: object[] = []
    const work: Promise<unknown>[] = []
    const { registration } = globalThis as unknown as { readonly registration: ServiceWorkerRegistration }
    registration.showNotification = (title, { tag, lang, dir, data: carried }: NotificationOptions = {}) => {
      shown.push({ title, tag, lang, dir, data: carried as object })
      return Promise.resolve()
    }
    const event = { data: { json: () => data }, waitUntil: (promise: Promise<unknown>) => work.push(promise) }
    dispatchEvent(Object.assign(new Event('push'), event))
    await Promise.all(work)
    return shown
  }, message)
}

test('[B65] a visitor who leaves gets the turn on the device, in the chosen language, until the choice is off', async () => {
  const server = await openBrowserServer()
  const identity = await identify(server, 'Ada')
  await using visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  await subscribeHere(visitor)
  await visitor.goto('/')
  await visitor.page.evaluate(async () => {
    await navigator.serviceWorker.ready
    localStorage.setItem('refuses', 'yes')
  })
  // The server's answer changes no size of the dialog.
  const held = Promise.withResolvers<void>()
  await visitor.page.route('**/rpc', async (route) => {
    await held.promise
    await route.continue()
  })
  await visitor.press('Settings')
  const box = visitor.page.getByRole('checkbox', { name: alsoClosed })
  const boxOfDialog = () => visitor.page.getByRole('dialog').boundingBox()
  const before = await boxOfDialog()
  assert.equal(await box.isDisabled(), true)
  held.resolve()
  await eventually(() => box.isEnabled())
  assert.deepEqual(await boxOfDialog(), before)
  await box.click()
  await visitor.reads('The browser refuses messages for a closed page.')
  assert.equal(await box.isChecked(), false)
  await visitor.page.evaluate(() => localStorage.removeItem('refuses'))
  await box.check()
  await visitor.page.getByLabel('Language').selectOption('de')
  await save(visitor)
  const record = (): Promise<unknown> =>
    visitor.page.evaluate(async () => (await (await caches.match('/push-record'))?.json()) as unknown)
  await eventually(async () => (await record()) !== undefined)
  // The page is closed, and somebody joins.
  const ada = connect(server.url, { token: identity.token })
  const { id } = await ada.create({})
  ada.close()
  const [worker] = visitor.context.serviceWorkers()
  assert.ok(worker !== undefined)
  assert.deepEqual(await deliver(worker, { game: id, kind: 'turn' }), [])
  await visitor.page.goto('about:blank')
  const bob = connect(server.url)
  await eventually(async () => !(await bob.game(id)).presence?.online.X)
  await bob.join(id)
  await eventually(() => pushes.received.length > 0)
  const message = JSON.parse(pushes.received[0]?.text ?? '') as object
  assert.deepEqual(message, { game: id, kind: 'joined' })
  const [shown] = await deliver(worker, message)
  assert.deepEqual(shown, { title: 'Jemand spielt mit dir', tag: id, lang: 'de', dir: 'ltr', data: { game: id } })
  bob.close()
  // The server has another key than the one with which the device was subscribed.
  await visitor.page.goto(server.url)
  const keyOfDevice = (): Promise<string | null> => visitor.page.evaluate(() => localStorage.getItem('test'))
  const key = await keyOfDevice()
  await visitor.page.evaluate(() => localStorage.setItem('test', `B${'A'.repeat(86)}`))
  await visitor.goto('/')
  await eventually(async () => (await keyOfDevice()) === key)
  // The choice is off: the device and the server forget it.
  await visitor.press('Einstellungen')
  await visitor.page.getByRole('checkbox', { name: 'Auch wenn diese Seite geschlossen ist' }).uncheck()
  await visitor.press('Speichern')
  await visitor.page.getByRole('dialog').waitFor({ state: 'detached' })
  await eventually(async () => (await record()) === undefined)
  assert.equal(await keyOfDevice(), null)
})

test('[B66] without its texts the service worker still shows a message', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  const worker = await closePage(visitor)
  const [shown] = await deliver(worker, { game: 'g', kind: 'unknown' })
  assert.deepEqual(shown, { title: 'Oxo', tag: 'g', lang: undefined, dir: undefined, data: { game: 'g' } })
})

test('[B66] when the push service ends the subscription, the service worker makes a new one, with the page closed', async () => {
  const server = await openBrowserServer()
  const { token } = await identify(server, 'Ada')
  await using visitor = await Visitor.open(server.url)
  const worker = await closePage(visitor)
  const renewed = pushes.register()
  await worker.evaluate(
    async ({ device: { endpoint, p256dh, auth }, token: bearer }) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'push.key', params: {} })
      const headers = { 'content-type': 'application/json' }
      const answer = (await (await fetch('/rpc', { method: 'POST', headers, body })).json()) as {
        readonly result: { readonly key: string }
      }
      const record = { token: bearer, key: answer.result.key, language: 'en', direction: 'ltr', titles: {} }
      await (await caches.open('push')).put('/push-record', Response.json(record))
      const work: Promise<unknown>[] = []
      const { registration } = globalThis as unknown as { readonly registration: ServiceWorkerRegistration }
      const subscription = { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) } as unknown as PushSubscription
      registration.pushManager.subscribe = () => Promise.resolve(subscription)
      const event = { waitUntil: (promise: Promise<unknown>) => work.push(promise) }
      dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), event))
      await Promise.all(work)
    },
    { device: renewed, token },
  )
  const ada = connect(server.url, { token })
  const { id } = await ada.create({})
  ada.close()
  const bob = connect(server.url)
  await eventually(async () => !(await bob.game(id)).presence?.online.X)
  await bob.join(id)
  await eventually(() => pushes.received.some(({ path }) => renewed.endpoint.endsWith(path)))
  bob.close()
})
