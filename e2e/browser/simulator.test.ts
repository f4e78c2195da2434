/** The simulator in a browser page: the same seeds give the same traces and find the same bugs as in Node. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { type BugName, bugNames, bugs } from '../../sim/bugs.ts'
import { drawPlan } from '../../sim/plan.ts'
import { describeFailure, describeRun, examine } from '../../sim/report.ts'
import { simulate } from '../../sim/run.ts'
import { buildSimPage } from '../../tools/build/sim-page.ts'
import { recordFinding } from '../lib/record.ts'
import { openBrowser } from './browser.ts'

const seeds = 40
const folder = mkdtempSync(join(tmpdir(), 'oxo-simulator-'))
after(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'simulator.html')
const built = buildSimPage(file)

async function open(t: TestContext, named = '', script = ''): Promise<Page> {
  await built
  const context = await (await openBrowser()).newContext()
  t.after(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', (error) => assert.fail(error))
  await page.addInitScript(script)
  await page.goto(`${pathToFileURL(file).href}${named}`)
  return page
}

/** The report of the page, once its run has ended. */
async function readReport(page: Page): Promise<string> {
  await page.locator('form:not([inert])').waitFor()
  return page.locator('#words').innerText()
}

/** Returns the seeds for which the page and Node report different runs. */
async function compare(page: Page, count: number): Promise<readonly number[]> {
  const differing: number[] = []
  for (let seed = 1; seed <= count; seed++) {
    await page.getByRole('button', { name: seed === 1 ? 'Run' : 'Run the next', exact: true }).click()
    const reported = await readReport(page)
    if (reported !== describeRun(seed, await simulate(drawPlan(seed)))) differing.push(seed)
  }
  return differing
}

test('a browser runs the same simulations as Node, to the last message', async (t) => {
  const page = await open(t)
  await page.getByLabel('Seed').fill('1')
  assert.deepEqual(await compare(page, seeds), [])
  assert.match(await page.locator('#picture svg').innerHTML(), /client c1.*class="arrow"/s)
  recordFinding('simulation-in-a-page', {
    promise: 'service, client and game are the same in a browser: a seed leads to the same trace',
    test: 'e2e/browser/simulator.test.ts',
    figure: `${seeds} seeds in Chromium, 0 traces differ from those of Node`,
    command: 'npm run sim -- --page simulator.html',
  })
})

test('a planted bug is found, shrunk and drawn in the page as at the command line', async (t) => {
  const page = await open(t)
  for (const bug of ['stale-copy', 'version-omitted'] as const) {
    await page.getByLabel('Seed').fill('1')
    await page.getByLabel('Planted bug').selectOption(bug)
    await page.getByRole('button', { name: 'Find one that fails' }).click()
    const reported = await readReport(page)
    const seed = await page.getByLabel('Seed').inputValue()
    assert.equal(reported, await describe(Number(seed), bug))
    assert.match(await page.locator('#picture svg').innerHTML(), /class="wrong"/)
  }
  assert.equal(await page.locator('option').count(), 1 + bugNames.length)
})

async function describe(seed: number, name: BugName): Promise<string> {
  const plan = drawPlan(seed)
  const bug = bugs[name]
  return describeFailure(await examine(plan, await simulate(plan, { bug }), name, bug), 'in this page')
}

test('the address of the page selects a seed and a bug', async (t) => {
  const page = await open(t, '#seed=2&bug=repeat-not-recognised')
  assert.equal(await readReport(page), await describe(2, 'repeat-not-recognised'))
})

test('a browser that behaves differently is detected', async (t) => {
  // This browser sorts in another order than every other runtime.
  const page = await open(t, '', 'Array.prototype.toSorted = function () { return this.toReversed() }')
  await page.getByLabel('Seed').fill('1')
  const differing = await compare(page, 10)
  assert.notDeepEqual(differing, [])
  recordFinding('simulation-in-a-page', {
    planted: 'a browser that sorts in another order',
    caughtAfter: `seed ${differing[0]}`,
  })
})
