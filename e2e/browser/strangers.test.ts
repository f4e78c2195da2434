/** A page of another origin in a visitor's browser tries every way a page has to act on this server. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openServer, type Server } from '../../src/server/open.ts'
import { openBrowser } from './browser.ts'

/** Starts a server of another origin, whose pages have no Content Security Policy. */
async function openStrangers(t: TestContext): Promise<string> {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end('<title>Prize!</title>'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return `http://127.0.0.1:${address.port}`
}

async function openAt(t: TestContext, url: string): Promise<Page> {
  const context = await (await openBrowser()).newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

async function serve(t: TestContext, allowOrigin: readonly string[] = []): Promise<Server> {
  const server = await openServer({ port: 0, host: '127.0.0.1', journal: 'memory', allowOrigin })
  t.after(() => server.close())
  return server
}

/** The version of the open board, on which anybody may move. */
async function versionOf(server: Server): Promise<number> {
  const answer = await fetch(`${server.url}/games/main`, { headers: { Accept: 'application/json' } })
  return ((await answer.json()) as { readonly version: number }).version
}

/** Opens a WebSocket from the page to `url` and sends a move. Resolves with 'moved' or 'refused'. */
function tryWebSocket(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (address) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${address.replace('http', 'ws')}/ws`)
        const move = { jsonrpc: '2.0', id: 1, method: 'game.move', params: { game: 'main', x: 1, y: 1 } }
        socket.onopen = () => socket.send(JSON.stringify(move))
        socket.onmessage = () => resolve('moved')
        socket.onclose = () => resolve('refused')
      }),
    url,
  )
}

/** Sends a move by each kind of POST. An opaque answer says nothing: the board shows whether the move was made. */
function tryPosts(page: Page, url: string): Promise<readonly string[]> {
  return page.evaluate(async (address) => {
    const move = { jsonrpc: '2.0', id: 1, method: 'game.move', params: { game: 'main', x: 1, y: 1 } }
    const ways = [
      ['/rpc', move, 'application/json', 'cors'],
      ['/rpc', move, 'text/plain', 'cors'],
      ['/rpc', move, 'text/plain', 'no-cors'],
      ['/games/main/moves', { x: 1, y: 1 }, 'application/json', 'cors'],
      ['/games/main/moves', { x: 1, y: 1 }, 'text/plain', 'no-cors'],
    ] as const
    const sent = ways.map(async ([path, message, type, mode]) => {
      const body = JSON.stringify(message)
      const headers = { 'Content-Type': type }
      const answer = await fetch(`${address}${path}`, { method: 'POST', mode, headers, body }).catch(() => null)
      return answer === null ? 'refused' : answer.type
    })
    navigator.sendBeacon(`${address}/rpc`, JSON.stringify(move))
    const form = document.createElement('form')
    Object.assign(form, { method: 'POST', enctype: 'text/plain', action: `${address}/rpc`, target: 'hidden' })
    const field = document.createElement('input')
    // The form joins name and value with an equals sign, which makes the body valid JSON.
    const [head = '', tail = ''] = JSON.stringify({ ...move, id: '=' }).split('=')
    Object.assign(field, { type: 'hidden', name: head, value: tail })
    const frame = document.createElement('iframe')
    frame.name = 'hidden'
    const arrived = new Promise((resolve) => (frame.onload = resolve))
    form.append(field)
    document.body.append(frame, form)
    form.submit()
    await arrived
    return Promise.all(sent)
  }, url)
}

test("[W12] a page of another origin cannot act here through its visitor's browser", async (t) => {
  const strangers = await openStrangers(t)
  const server = await serve(t)
  const before = await versionOf(server)
  const page = await openAt(t, strangers)
  assert.equal(await tryWebSocket(page, server.url), 'refused')
  assert.deepEqual(await tryPosts(page, server.url), ['refused', 'refused', 'refused', 'refused', 'refused'])
  assert.equal(await versionOf(server), before)
})

test('[W12] the same page can act if the server allows its origin: only the origin rule keeps it out', async (t) => {
  const strangers = await openStrangers(t)
  const server = await serve(t, [strangers])
  const before = await versionOf(server)
  const page = await openAt(t, strangers)
  assert.equal(await tryWebSocket(page, server.url), 'moved')
  assert.equal(await versionOf(server), before + 1)
})

test('[W12] a page whose host name resolves to this server (DNS rebinding) cannot act either', async (t) => {
  const server = await serve(t)
  const before = await versionOf(server)
  const own = `http://rebound.example:${server.port}`
  const page = await openAt(t, own)
  assert.equal(await tryWebSocket(page, own), 'refused')
  const status = await page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/games/main/moves', { method: 'POST', headers, body: '{"x":1,"y":1}' })).status
  })
  assert.equal(status, 403)
  assert.equal(await versionOf(server), before)
})

test('[W22] a page of another origin can neither frame ours, nor read it, nor reach into its window', async (t) => {
  const strangers = await openStrangers(t)
  const server = await serve(t)
  const page = await openAt(t, strangers)
  const seen = await page.evaluate(async (address) => {
    const frame = document.createElement('iframe')
    const framed = new Promise((resolve) => (frame.onload = resolve))
    frame.src = address
    document.body.append(frame)
    await framed
    const script = document.createElement('script')
    const loaded = new Promise<string>((resolve) => {
      script.onload = () => resolve('loaded')
      script.onerror = () => resolve('refused')
    })
    script.src = `${address}/games/main`
    document.body.append(script)
    const read = await fetch(`${address}/games/main`).then(
      () => 'read',
      () => 'refused',
    )
    return { script: await loaded, read }
  }, server.url)
  assert.deepEqual(seen, { script: 'refused', read: 'refused' })
  const inner = page.frames().find((one) => one !== page.mainFrame())
  assert.match(inner?.url() ?? '', /^chrome-error:/)
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate((address) => void Object.assign(globalThis, { ours: window.open(address) }), server.url),
  ])
  await popup.waitForURL(`${server.url}/`)
  assert.equal(await popup.evaluate(() => window.opener === null), true)
  assert.equal(await page.evaluate(() => (globalThis as unknown as { ours: Window }).ours.closed), true)
})
