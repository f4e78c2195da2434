/** A browser's translator keeps rewriting the page, and the page still follows the game. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { connect } from '../../src/client/node/index.ts'
import { openBrowserServer } from './test-server.ts'
import { identify } from './seats.ts'
import { Visitor } from './visitor.ts'

/** Longer than a changed control ignores input, and longer than a page takes to render, in ms. */
const drawnMs = 700
const sameMsMax = 10_000

/**
 * Replaces each text that is not marked as untranslatable with an element that contains another text. With `elements`
 * this also happens to every later text. {@link read} undoes the change of the text.
 */
function translate(page: Page, forms: 'elements' | 'once'): Promise<void> {
  return page.evaluate((how) => {
    const done = new WeakSet<Node>()
    const go = (root: Node): void => {
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      const texts: Text[] = []
      while (walk.nextNode() !== null) texts.push(walk.currentNode as Text)
      for (const text of texts) {
        const isMarked = text.parentElement?.closest('script, style, font, [translate=no], option') !== null
        if (isMarked || text.data.trim() === '') continue
        const font = document.createElement('font')
        const words = document.createTextNode(`«${text.data}»`)
        done.add(words)
        font.append(document.createElement('font'))
        font.firstChild?.appendChild(words)
        text.replaceWith(font)
      }
    }
    go(document.body)
    if (how === 'once') return
    new MutationObserver((records) => {
      if (records.some(({ addedNodes }) => [...addedNodes].some((node) => !done.has(node)))) go(document.body)
    }).observe(document.body, { childList: true, subtree: true })
  }, forms)
}

async function read(page: Page): Promise<string> {
  const text = (await page.locator('.bar, main').allInnerTexts()).join(' ')
  return text.replaceAll(/[«»\s]/g, '').replaceAll(/\d+:\d\d(?:\.\d)?/g, 'TIME')
}

/** Waits until both pages read the same: each loads its parts and analyses the moves in its own time. */
async function assertSame(one: Page, other: Page, when: string): Promise<void> {
  const deadline = performance.now() + sameMsMax
  for (;;) {
    const [here, there] = [await read(one), await read(other)]
    if (here === there) return
    if (performance.now() > deadline) assert.equal(here, there, when)
    await pass(drawnMs)
  }
}

function secondsIn(text: string): readonly number[] {
  return [...text.matchAll(/(\d+):(\d\d)/g)].map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
}

for (const forms of ['once', 'elements'] as const)
  test(`[B22] the page follows a game while a translator replaces texts, ${forms}`, async () => {
    const server = await openBrowserServer()
    const first = await identify(server, 'Ada')
    using ada = connect(server.url, { token: first.token })
    using bo = connect(server.url, { name: 'Bo' })
    const game = await ada.create({ seat: 'X', clock: { initialMs: 300_000, incrementMs: 0 } })
    await using visitor = await Visitor.open(server.url, { identity: first, name: 'Ada' })
    await visitor.goto(`/games/${game.id}`)
    const plain = await visitor.context.newPage()
    await plain.goto(`/games/${game.id}`)
    await translate(visitor.page, forms)
    const other = await bo.join(game.id)
    await pass(drawnMs)
    const steps: readonly (() => Promise<unknown>)[] = [
      () => game.move(0, 0),
      () => other.move(1, 0),
      () => other.offer('draw'),
      () => game.answer('draw', false),
      () => game.move(0, 1),
      () => game.offer('takeback'),
      () => other.answer('takeback', true),
      () => other.resign(),
      () => other.offer('rematch'),
    ]
    for (const [index, step] of steps.entries()) {
      await step()
      await pass(drawnMs)
      await assertSame(visitor.page, plain, `step ${index}`)
      if (index === 4) await pass(2_500)
      const [here, there] = await Promise.all([visitor.page, plain].map((page) => page.locator('#app').innerText()))
      for (const [side, seconds] of secondsIn(here ?? '').entries())
        assert.ok(
          Math.abs(seconds - (secondsIn(there ?? '')[side] ?? NaN)) <= 1,
          `a clock stands still: ${here} ${there}`,
        )
    }
    await visitor.page.getByRole('link', { name: /Open games/ }).click()
    await plain.getByRole('link', { name: /Open games/ }).click()
    await assertSame(visitor.page, plain, 'the lobby')
    await visitor.leave()
  })

test('[B22] the first page is playable under a translator, and every other page opens', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url)
  await visitor.goto('/')
  await visitor.standsAt('Your move: X')
  // The lazy part of the page loads a moment after the page.
  await visitor.page.waitForLoadState('networkidle')
  await translate(visitor.page, 'elements')
  for (const [x, y] of [
    [0, 0],
    [2, 2],
    [0, 2],
    [2, 0],
    [0, 1],
    [1, 0],
    [1, 2],
  ] as const) {
    if ((await visitor.cell(x, y, 'empty').count()) === 0) continue
    await visitor.tap(x, y)
    await pass(drawnMs)
    const words = await visitor.page.locator('h1').innerText()
    assert.equal(words.match(/Your move|won|lost|draw/g)?.length, 1, words)
  }
  await visitor.page.getByRole('button', { name: /Settings/ }).click()
  await visitor.page.getByRole('combobox', { name: /Language/ }).selectOption('de')
  await visitor.page.locator('dialog [type=submit]').click()
  await visitor.page.locator('html[lang=de]').waitFor()
  await pass(drawnMs)
  assert.doesNotMatch(await read(visitor.page), /Settings|Opengames|Yourmove|Newgame/)
  await visitor.leave()
})
