/** Notifications while the page is closed, in Firefox: nothing is put in the place of its push or of its notifications. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect } from '../../src/client/node/index.ts'
import { type BrowserServer, openBrowserServer } from '../browser/test-server.ts'
import { identify } from '../browser/seats.ts'
import { Visitor, type VisitorIdentity } from '../browser/visitor.ts'
import { eventually } from '../lib/wait.ts'
import { FirefoxPushService } from './push-service.ts'

// The server sends to it, and Firefox subscribes to it.
const pushes = await FirefoxPushService.open()
process.env['OXO_PUSH_SERVICE'] = pushes.origin
after(() => pushes[Symbol.asyncDispose]())

/** Firefox has read a message before the service worker has shown it. */
const shownMs = 500

/** Somebody joins games of the visitor, who is away, until the server knows the device. Returns the game told about. */
async function tellOfGame(server: BrowserServer, { token }: VisitorIdentity): Promise<string> {
  const before = pushes.read
  using bob = connect(server.url)
  for (let tries = 0; tries < 10; tries++) {
    using ada = connect(server.url, { token })
    const { id } = await ada.create({})
    ada.close()
    await eventually(async () => !(await bob.game(id)).presence?.online.X)
    await bob.join(id)
    for (let turn = 0; turn < 50 && pushes.read === before; turn++) await setTimeout(20)
    if (pushes.read > before) return id
  }
  assert.fail('no message reaches Firefox')
}

/** What Firefox shows, as the page's own address that is no page of Oxo sees it; leaves it again. */
async function listShown({ page }: Visitor): Promise<readonly object[]> {
  await page.goto('/icon.svg')
  const shown = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    const all = (await registration?.getNotifications()) ?? []
    return all.map(({ title, tag, lang, dir, data }) => ({ title, tag, lang, dir, data: data as object }))
  })
  await page.goto('about:blank')
  return shown
}

test('[B65] [B66] Firefox shows that somebody has joined, with the page closed, until the choice is off', async () => {
  const server = await openBrowserServer()
  const identity = await identify(server, 'Ada')
  await using visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  const { page, context } = visitor
  await context.grantPermissions(['notifications'], { origin: server.url })
  await visitor.goto('/')
  await visitor.isKept()
  await visitor.press('Settings')
  await page.getByRole('checkbox', { name: 'Also when this page is closed' }).check()
  await page.getByLabel('Language').selectOption('de')
  await visitor.press('Save')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await eventually(() => pushes.channels.length === 1)
  await page.goto('about:blank')
  const first = await tellOfGame(server, identity)
  await setTimeout(shownMs)
  const shown = { title: 'Jemand spielt mit dir', lang: 'de', dir: 'ltr' }
  assert.deepEqual(await listShown(visitor), [{ ...shown, tag: first, data: { game: first } }])
  // The push service ends the subscription: the service worker makes another one, which the server then uses.
  const [channel] = pushes.channels
  pushes.endSubscriptions()
  await eventually(() => pushes.channels.length === 1)
  assert.notEqual(pushes.channels[0], channel)
  const second = await tellOfGame(server, identity)
  await setTimeout(shownMs)
  const tags = (await listShown(visitor)).map((each) => (each as { readonly tag: string }).tag)
  assert.deepEqual(new Set(tags), new Set([first, second]))
  // The choice is off.
  await visitor.goto('/')
  await visitor.press('Einstellungen')
  await page.getByRole('checkbox', { name: 'Auch wenn diese Seite geschlossen ist' }).uncheck()
  await visitor.press('Speichern')
  await eventually(() => pushes.channels.length === 0)
  await visitor.leave()
})
