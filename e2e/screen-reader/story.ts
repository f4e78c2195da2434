/** What somebody does who sees nothing, and what has to be said to them: the manual check, point by point. */
import { join } from 'node:path'
import process from 'node:process'
import { type Browser, chromium, type Page } from 'playwright-core'
import { openServer } from '../../src/server/open.ts'
import { type Client, connect } from '../../src/client/node/index.ts'
import { findProgram } from '../../tools/check/programs.ts'
import type { Orca } from './orca.ts'

interface Step {
  readonly what: string
  readonly expected: readonly RegExp[]
  /** Which of the lines that were said are this step's. */
  readonly from: number
  readonly until: number
}

/** Somebody at the page, with the keyboard and their ears. */
interface Listener {
  readonly page: Page
  /** Whoever plays against them, elsewhere. */
  readonly grace: Client
  readonly press: (...keys: readonly string[]) => Promise<void>
  /** Waits until all is said after something was done, and prints it. */
  readonly hear: (what: string, ...expected: readonly RegExp[]) => Promise<void>
}

/** @returns what was not said, though it should have been. */
export async function tell(orca: Orca): Promise<readonly string[]> {
  await using server = await openServer({
    port: 0,
    host: '127.0.0.1',
    journal: 'memory',
    pages: join(import.meta.dirname, '../../dist/web'),
  })
  const browser = await openBrowser(orca)
  const page = await browser.newPage({ baseURL: server.url })
  using grace = connect(server.url, { name: 'Grace' })
  const steps: Step[] = []
  const listener: Listener = {
    page,
    grace,
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key)
    },
    async hear(what, ...expected) {
      const from = steps.at(-1)?.until ?? 0
      await orca.rest(from, expected)
      steps.push({ what, expected, from, until: orca.said.length })
      console.log(`${what}\n    ${orca.said.slice(from).join(' ')}`)
    },
  }
  await playBot(listener)
  await visitDialogs(listener)
  await invite(listener)
  await playOnClocks(listener)
  await browser.close()
  return listUnsaid(steps, orca.said)
}

async function playBot({ page, press, hear }: Listener): Promise<void> {
  await page.goto('/')
  await hear('The first page', /Finished loading Oxo\. Page has 2 landmarks, 1 heading, 1 table/)
  await tabTo(page, /^column/)
  await hear('Tab, into the board', /column 2, row 2, empty/)
  await press('ArrowLeft')
  await hear('Left', /Tic-tac-toe\. table with 3 rows 3 columns/, /column 1, row 2, empty/)
  await press('ArrowUp')
  await hear('Up', /column 1, row 1, empty/)
  await press('Enter')
  await hear('Enter: a move, and the answer', /Casual bot: O, column \d, row \d\. Your move: X/)
  await press('Enter')
  await hear('Enter again', /That cell is taken\./)
}

async function visitDialogs({ page, press, hear }: Listener): Promise<void> {
  await tabTo(page, /^New game$/)
  await press('Enter')
  await hear('New game', /New game dialog/, /A friend, by link/)
  await press('Tab')
  await hear('Tab', /Rules combo box\. Tic-tac-toe/)
  await press('Escape')
  await hear('Escape')
}

async function invite({ page, grace, press, hear }: Listener): Promise<void> {
  await tabTo(page, /^Invite a friend$/, 'Shift+Tab')
  await press('Enter')
  await hear('Invite a friend', /What should others call you\? dialog/, /Name entry .* required/)
  await press('Enter')
  await hear('Enter: the invitation', /Waiting for an opponent/)
  await page.waitForURL(/\/games\/[\w-]+$/)
  const game = await grace.join(page.url().split('/').at(-1) ?? '')
  await hear('A friend opens the link', /Grace has joined\. (?:Your move: X|Grace is to move)/)
  await game.resign()
  await hear('and resigns', /You won: by resignation/)
}

async function playOnClocks({ page, grace, press, hear }: Listener): Promise<void> {
  const game = await grace.create({ seat: 'O', clock: { initialMs: 600_000, incrementMs: 0 } })
  await page.goto(`/games/${game.id}`)
  await hear('Another game, with a clock', /Finished loading Waiting for an opponent/)
  await tabTo(page, /^Join/)
  await press('Enter')
  await hear('Enter: the seat', /Your move: X/)
  await tabTo(page, /^column/, 'Shift+Tab')
  await press('Enter')
  await hear('Into the board, and a move', /You: X, column 2, row 2\. Grace is to move/)
  await game.move(0, 0)
  await hear('Her move', /Grace: O, column 1, row 1\. Your move: X/)
  await tabTo(page, /^Read the clocks$/)
  await press('Enter')
  await hear('Read the clocks', /X has \d+ min \d+ s, O has \d+ min \d+ s/)
  await game.offer('draw')
  await hear('She offers a draw', /Grace offers a draw\. Your move: X/)
  await tabTo(page, /^column/, 'Shift+Tab')
  await press('Tab')
  await hear('Back to the board, and Tab', /Accept push button/)
  await press('Tab', 'Enter')
  await hear('Tab, Enter: no, and back on the board', /The draw was declined/)
  await page.context().setOffline(true)
  await hear('The network goes', /This device is offline|No connection/)
  await press('ArrowRight', 'Enter')
  await hear('A move meanwhile', /Your move is kept and will be delivered/)
  await page.context().setOffline(false)
  await hear('The network comes back', /Connected again|You: X, column 3, row 2\. Grace is to move/)
  await game.resign()
  await hear('She resigns', /You won: by resignation/)
  await tabTo(page, /^Position$/)
  await press('ArrowLeft')
  await hear('To the slider, and left', /Position horizontal slider/, /Move 2 of 3/)
}

/** Orca may lag behind the keys: what is said with the next step is said. */
function listUnsaid(steps: readonly Step[], said: readonly string[]): readonly string[] {
  return steps.flatMap(({ what, expected, from }, index) => {
    const heard = said.slice(from, steps[index + 1]?.until).join(' ')
    return expected.filter((words) => !words.test(heard)).map((words) => `${what}: ${words}`)
  })
}

function openBrowser({ env }: Orca): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram('chromium'),
    chromiumSandbox: process.getuid?.() !== 0,
    headless: false,
    args: ['--force-renderer-accessibility', '--disable-gpu', '--no-first-run'],
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  })
}

/** Goes on with Tab until a stop of that name has the focus. */
async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press(key)
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      return element?.ariaLabel ?? element?.getAttribute('title') ?? element?.textContent ?? ''
    })
    if (name.test(focused)) return
  }
  throw new Error(`${key} never comes to ${name}`)
}
