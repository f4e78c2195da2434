/** The page stays usable with small screens, large text, touch, reduced motion and forced colours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/client/node/index.ts'
import { type BrowserServer, openBrowserServer } from './test-server.ts'
import { seatTwo } from './seats.ts'
import { Visitor, type VisitorOptions } from './visitor.ts'

/** The addresses of pages of every kind, each with content. */
async function listAddresses(server: BrowserServer): Promise<readonly string[]> {
  using ada = connect(server.url, { name: 'Ada' })
  using grace = connect(server.url, { name: 'Grace' })
  const clock = { initialMs: 600_000, incrementMs: 0 }
  const live = await ada.create({ clock, rules: 'gomoku' })
  await grace.join(live.id)
  const over = await ada.create({ seat: 'X' })
  await grace.join(over.id)
  await over.move(1, 1, { version: 2 })
  await over.resign()
  return ['/', '/games', `/games/${live.id}`, `/games/${over.id}`, '/games/main', '/nowhere']
}

async function assertFits({ page }: Visitor, where: string): Promise<void> {
  const [seen, whole, wide] = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    const parts = [...document.querySelectorAll('body *')].filter((part) => {
      const { left, right } = part.getBoundingClientRect()
      return (right > clientWidth || left < 0) && part.closest('.cells') === null
    })
    return [
      clientWidth,
      scrollWidth,
      parts.map((part) => `${part.localName}.${part.className}: ${part.textContent}`),
    ] as const
  })
  assert.ok(whole <= seen, `${where} is ${whole} px wide, but only ${seen} px are visible: ${wide.join('; ')}`)
}

const narrow: readonly (readonly [what: string, options: VisitorOptions])[] = [
  ['320 px', { viewport: { width: 320, height: 568 } }],
  ['a desktop at 200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ['a desktop at 400 %, from right to left', { viewport: { width: 320, height: 256 }, locale: 'ar' }],
  ['German on a phone', { viewport: { width: 320, height: 568 }, locale: 'de' }],
]

test('[B12] no page scrolls horizontally, on small screens and at 200 and 400 %', async () => {
  const server = await openBrowserServer()
  const addresses = await listAddresses(server)
  for (const [what, options] of narrow) {
    await using visitor = await Visitor.open(server.url, options)
    for (const address of addresses) {
      await visitor.goto(address)
      await visitor.page.getByRole('heading', { level: 1 }).waitFor()
      await visitor.page.waitForLoadState('networkidle')
      await assertFits(visitor, `${address}, ${what},`)
    }
    await visitor.goto('/')
    await visitor.page.locator('.ways .button').last().click()
    await visitor.page.locator('input[name=rules]').last().check()
    await visitor.page.locator('dialog select:has(option[value=custom])').selectOption('custom')
    await assertFits(visitor, `the dialog, ${what},`)
    await visitor.leave(/status of 404/)
  }
})

test('[B12] text of twice the size hides nothing', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, { viewport: { width: 720, height: 800 } })
  for (const address of await listAddresses(server)) {
    await visitor.goto(address)
    await visitor.page.getByRole('heading', { level: 1 }).waitFor()
    await visitor.page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    await assertFits(visitor, address)
    const cut = await visitor.page
      .locator('button:visible:not(.skip), a:visible')
      .evaluateAll((parts) =>
        parts
          .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.role !== 'gridcell')
          .map((part) => part.textContent),
      )
    assert.deepEqual(cut, [], address)
  }
  await visitor.leave(/status of 404/)
})

test('[B12] on a phone every tap target is 44 px high and wide, except the cells of large boards', async () => {
  const server = await openBrowserServer()
  await using visitor = await Visitor.open(server.url, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  })
  const { page } = visitor
  const listSmall = () =>
    page
      .locator('button:visible, a:visible, select:visible, label:visible, input[type=text]:visible')
      .evaluateAll((parts) =>
        parts
          .filter((part) => part.closest('.frame') === null || part.closest('.dense') === null)
          .filter((part) => part.getBoundingClientRect().height < 43.5 || part.getBoundingClientRect().width < 40)
          .filter((part) =>
            part.matches(':not(.unseen, .skip, label:has(select, input:not([type=radio], [type=checkbox])))'),
          )
          .map((part) => `${part.textContent || part.ariaLabel} ${part.getBoundingClientRect().height}`),
      )
  for (const address of await listAddresses(server)) {
    await visitor.goto(address)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    assert.deepEqual(await listSmall(), [], address)
  }
  await visitor.goto('/')
  for (const dialog of ['New game', 'Settings']) {
    await visitor.press(dialog)
    await page.getByRole('dialog').waitFor()
    assert.deepEqual(await listSmall(), [], dialog)
    await visitor.press('Cancel')
  }
  await visitor.leave(/status of 404/)
})

test('[B12] no animation runs with reduced motion; otherwise none is longer than 150 ms', async () => {
  const server = await openBrowserServer()
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    await using visitor = await Visitor.open(server.url, { reducedMotion })
    const { page } = visitor
    await visitor.goto('/')
    await visitor.cell(1, 1).waitFor()
    await page.evaluate(() => {
      const durations: number[] = []
      Object.assign(globalThis, { durations })
      const note = ({ target }: Event): void => {
        if (!(target instanceof Element)) return
        for (const animation of target.getAnimations())
          durations.push(Number(animation.effect?.getComputedTiming().duration))
      }
      for (const name of ['animationstart', 'transitionrun']) document.addEventListener(name, note, { capture: true })
    })
    await visitor.tap(1, 1)
    await page.getByRole('gridcell', { name: /O, last move/ }).waitFor()
    const durations = await page.evaluate(() => (globalThis as unknown as { durations: readonly number[] }).durations)
    if (reducedMotion === 'reduce')
      assert.deepEqual(
        durations.filter((ms) => ms > 0),
        [],
      )
    else {
      assert.ok(durations.length > 0, 'no animation was observed')
      assert.ok(Math.max(...durations) <= 150, `${Math.max(...durations)} ms`)
    }
    await visitor.leave()
  }
})

test('in forced colours marks, last move and lines can be told apart, and not by colour alone', async () => {
  const server = await openBrowserServer()
  await using game = await seatTwo(server)
  const { X, O } = game
  await X.tap(1, 1)
  await O.sees(1, 1, 'X')
  await O.page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
  const style = await O.cell(1, 1).evaluate((cell) => {
    const mark = cell.querySelector('.mark')
    return {
      outline: getComputedStyle(cell).outlineStyle,
      paper: getComputedStyle(cell).backgroundColor,
      ink: mark === null ? '' : getComputedStyle(mark).stroke,
      path: mark?.innerHTML,
    }
  })
  assert.equal(style.outline, 'solid')
  assert.notEqual(style.ink, style.paper)
  await O.tap(0, 0)
  await O.sees(0, 0, 'O')
  assert.notEqual(await O.cell(0, 0).locator('svg').innerHTML(), style.path)
  await X.leave()
  await O.leave()
})
