/** Actions that need the server while it is away: said at once, done at most once, and nothing happens later. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect } from '../../src/client/node/index.ts'
import { BrowserServer, openBrowserServer } from './test-server.ts'
import { identify } from './seats.ts'
import { Visitor, type VisitorIdentity } from './visitor.ts'

const noServer = 'The server cannot be reached. Nothing was done: try again later.'

async function countGames(server: BrowserServer, { token }: VisitorIdentity): Promise<number> {
  using client = connect(server.url, { token })
  return (await Array.fromAsync(client.games())).length
}

async function startHere(t: TestContext) {
  const server = await BrowserServer.open()
  t.after(() => server[Symbol.asyncDispose]())
  const identity = await identify(server, 'Ada')
  const visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  t.after(() => visitor[Symbol.asyncDispose]())
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  await visitor.isKept()
  return { server, identity, visitor }
}

test('[B38] without a server an invitation is refused at once, and nothing happens when the server is back', async (t) => {
  const { server, identity, visitor } = await startHere(t)
  await server.kill()
  for (const button of ['Invite a friend', 'Invite a friend', 'Play someone']) {
    const began = performance.now()
    await visitor.press(button)
    await visitor.reads(noServer)
    assert.ok(performance.now() - began < 3_000, `${button}: too late`)
  }
  await visitor.tap(0, 0)
  await visitor.sees(0, 0, 'X')
  await server.start()
  await setTimeout(4_000)
  assert.equal(new URL(visitor.page.url()).pathname, '/')
  assert.equal(await countGames(server, identity), 0)
  await visitor.press('Invite a friend')
  await visitor.game()
  assert.equal(await countGames(server, identity), 1)
  await visitor.leave(/ERR_CONNECTION_REFUSED|WebSocket/)
})

test('[B38] without a server a name is refused in its dialog', async (t) => {
  const { server, visitor } = await startHere(t)
  await visitor.press('Settings')
  await visitor.page.getByRole('dialog').waitFor()
  await server.kill()
  await visitor.page.getByRole('textbox', { name: 'Name' }).fill('Grace')
  await visitor.press('Save')
  await visitor.page.getByRole('dialog').getByText(noServer).waitFor()
  await visitor.press('Cancel')
  await visitor.leave(/ERR_CONNECTION_REFUSED|WebSocket/)
})

test('[B38] an action that waits is done once, also if its button is pressed again, and not for a visitor who has left', async (t) => {
  const server = await openBrowserServer()
  const identity = await identify(server, 'Ada')
  await using visitor = await Visitor.open(server.url, { identity, name: 'Ada' })
  // The page's requests reach the server late; its answers do not.
  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await visitor.page.routeWebSocket(/./, (socket) => {
    const real = socket.connectToServer()
    socket.onMessage((message) => {
      if (String(message).includes('game.create')) void released.then(() => real.send(message))
      else real.send(message)
    })
  })
  await visitor.goto('/')
  for (let press = 0; press < 3; press++) await visitor.press('Invite a friend')
  await visitor.reads('One moment …')
  await visitor.press('Open games')
  await visitor.standsAt('Open games')
  release()
  await setTimeout(1_000)
  assert.equal(new URL(visitor.page.url()).pathname, '/games')
  assert.equal(await countGames(server, identity), 1)
  t.diagnostic('the game that was asked for exists once')
  await visitor.leave()
})

test('[B38] a move that waits on a live connection is said to be on its way', async () => {
  await using server = await BrowserServer.open()
  const { url } = server
  const identity = await identify(server, 'Ada')
  using ada = connect(url, { token: identity.token })
  using grace = connect(url, { name: 'Grace' })
  const game = await ada.create({ seat: 'X' })
  await grace.join(game.id)
  await using visitor = await Visitor.open(url, { identity, name: 'Ada' })
  await visitor.page.routeWebSocket(/./, (socket) => {
    const real = socket.connectToServer()
    socket.onMessage((message) => {
      if (!String(message).includes('game.move')) return real.send(message)
      void setTimeout(4_000).then(() => real.send(message))
    })
  })
  await visitor.goto(`/games/${game.id}`)
  await visitor.cell(0, 0).waitFor()
  await setTimeout(800)
  await visitor.tap(0, 0)
  await visitor.reads('Sent. The server has not answered yet …')
  await visitor.page.locator('.notice', { hasText: 'Sent.' }).waitFor({ state: 'hidden' })
  await visitor.standsAt('Grace is to move')
  await visitor.leave()
})
