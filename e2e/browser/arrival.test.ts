/** Both ends of an invitation, on a phone: who waits has what they need to share, who arrives reads what they join. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { identify } from './seats.ts'
import { openBrowserServer } from './test-server.ts'
import { Visitor } from './visitor.ts'

const phones = [
  { width: 360, height: 740 },
  { width: 390, height: 844 },
] as const

async function assertOnScreen(element: Locator, { height }: { readonly height: number }): Promise<void> {
  await element.waitFor()
  const box = await element.boundingBox()
  assert.ok(box !== null && box.y >= 0 && box.y + box.height <= height, `ends at ${box && box.y + box.height}`)
}

for (const viewport of phones)
  test(`[B39] ${viewport.width} × ${viewport.height}: the link can be copied and scanned without scrolling`, async () => {
    const server = await openBrowserServer()
    const identity = await identify(server, 'Ada')
    await using visitor = await Visitor.open(server.url, { identity, name: 'Ada', viewport })
    const { page } = visitor
    await visitor.goto('/')
    await visitor.press('Invite a friend')
    await assertOnScreen(page.getByRole('button', { name: 'Copy' }), viewport)
    await assertOnScreen(page.getByRole('img', { name: 'QR code of the link' }), viewport)
    await visitor.leave()
  })

for (const viewport of phones)
  test(`[B40] ${viewport.width} × ${viewport.height}: an invitation says who, what and which mark, and is one tap away`, async () => {
    const server = await openBrowserServer()
    using ada = connect(server.url, { name: 'Ada' })
    const game = await ada.create({ seat: 'X', clock: { initialMs: 180_000, incrementMs: 2_000 } })
    await using visitor = await Visitor.open(server.url, { name: 'Grace', viewport })
    const { page } = visitor
    await page.goto(`/games/${game.id}`)
    await visitor.standsAt(/^\W*Ada\W* invites you$/)
    assert.match(await page.title(), /Ada\W* invites you/)
    await page.getByText(/Ada\W* invites you: Tic-tac-toe, 3 min \+ 2 s a move\. You play O\./).waitFor()
    const play = page.getByRole('button', { name: /^Play/ })
    await assertOnScreen(play, viewport)
    await play.click()
    const { players } = await game.until((view) => view.players.O !== null)
    assert.equal(players.O?.name, 'Grace')
    await play.waitFor({ state: 'hidden' })
    await visitor.leave()
  })
