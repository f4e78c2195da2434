/** The manual check, step by step: what a blind user does, and what the screen reader has to say. */
import { join } from 'node:path'
import process from 'node:process'
import { type Browser, chromium, type Page } from 'playwright-core'
import { openServer } from '../../src/server/open.ts'
import { type Client, connect } from '../../src/client/node/index.ts'
import type { Orca } from './orca.ts'

/** Debian's full Chromium: Orca reads its window. */
export const chromiumWithWindows = '/usr/bin/chromium'

interface Step {
  readonly what: string
  readonly expected: readonly RegExp[]
  /** The spoken lines of this step: from `from` up to, but not including, `until`. */
  readonly from: number
  readonly until: number
}

/** A user of the page with keyboard and screen reader. */
interface User {
  readonly page: Page
  /** The opponent. */
  readonly grace: Client
  readonly press: (...keys: readonly string[]) => Promise<void>
  /** Waits until Orca has said everything about the step `what`, and prints it. */
  readonly expectSpeech: (what: string, ...expected: readonly RegExp[]) => Promise<void>
}

/** Returns what Orca should have said but did not. */
export async function checkWithOrca(orca: Orca): Promise<readonly string[]> {
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
  const user: User = {
    page,
    grace,
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key)
    },
    async expectSpeech(what, ...expected) {
      const from = steps.at(-1)?.until ?? 0
      await orca.rest(from, expected)
      steps.push({ what, expected, from, until: orca.said.length })
      console.log(`${what}\n    ${orca.said.slice(from).join(' ')}`)
    },
  }
  await playBot(user)
  await visitDialogs(user)
  await invite(user)
  await playOnClocks(user)
  await browser.close()
  return listUnsaid(steps, orca.said)
}

async function playBot({ page, press, expectSpeech }: User): Promise<void> {
  await page.goto('/')
  await expectSpeech('The first page', /Finished loading Oxo\. Page has 2 landmarks, 1 heading, 1 table/)
  await tabTo(page, /^column/)
  await expectSpeech('Tab, into the board', /column 2, row 2, empty/)
  await press('ArrowLeft')
  await expectSpeech('Left', /Tic-tac-toe\. table with 3 rows 3 columns/, /column 1, row 2, empty/)
  await press('ArrowUp')
  await expectSpeech('Up', /column 1, row 1, empty/)
  await press('Enter')
  await expectSpeech('Enter: a move, and the answer', /Casual bot: O, column \d, row \d\. Your move: X/)
  await press('Enter')
  await expectSpeech('Enter again', /That cell is taken\./)
}

async function visitDialogs({ page, press, expectSpeech }: User): Promise<void> {
  await tabTo(page, /^New game$/)
  await press('Enter')
  await expectSpeech('New game', /New game dialog/, /A friend, by link/)
  await press('Tab')
  await expectSpeech('Tab', /Rules combo box\. Tic-tac-toe/)
  await press('Escape')
  await expectSpeech('Escape')
}

async function invite({ page, grace, press, expectSpeech }: User): Promise<void> {
  await tabTo(page, /^Invite a friend$/, 'Shift+Tab')
  await press('Enter')
  await expectSpeech('Invite a friend', /What should others call you\? dialog/, /Name entry .* required/)
  await press('Enter')
  await expectSpeech('Enter: the invitation', /Waiting for an opponent/)
  await page.waitForURL(/\/games\/[\w-]+$/)
  const game = await grace.join(page.url().split('/').at(-1) ?? '')
  await expectSpeech('A friend opens the link', /Grace has joined\. (?:Your move: X|Grace is to move)/)
  await game.resign()
  await expectSpeech('and resigns', /You won: by resignation/)
}

async function playOnClocks({ page, grace, press, expectSpeech }: User): Promise<void> {
  const game = await grace.create({ seat: 'O', clock: { initialMs: 600_000, incrementMs: 0 } })
  await page.goto(`/games/${game.id}`)
  await expectSpeech('Another game, with a clock', /Finished loading Waiting for an opponent/)
  await tabTo(page, /^Play/)
  await press('Enter')
  await expectSpeech('Enter: the seat', /Your move: X/)
  await tabTo(page, /^column/, 'Shift+Tab')
  await press('Enter')
  await expectSpeech('Into the board, and a move', /You: X, column 2, row 2\. Grace is to move/)
  await game.move(0, 0)
  await expectSpeech('Her move', /Grace: O, column 1, row 1\. Your move: X/)
  await tabTo(page, /^Read the clocks$/)
  await press('Enter')
  await expectSpeech('Read the clocks', /X has \d+ min \d+ s, O has \d+ min \d+ s/)
  await game.offer('draw')
  await expectSpeech('She offers a draw', /Grace offers a draw\. Your move: X/)
  await press('Tab')
  await expectSpeech('Tab', /Accept the draw push button/)
  await press('Tab', 'Enter')
  await expectSpeech('Tab, Enter: no, and back on the board', /The draw was declined/)
  await page.context().setOffline(true)
  await expectSpeech('The network goes', /This device is offline|No connection/)
  await press('ArrowRight', 'Enter')
  await expectSpeech('A move meanwhile', /Your move is kept and will be delivered/)
  await page.context().setOffline(false)
  await expectSpeech('The network comes back', /Connected again|You: X, column 3, row 2\. Grace is to move/)
  await game.resign()
  await expectSpeech('She resigns', /You won: by resignation/)
  await tabTo(page, /^Position$/)
  await press('ArrowLeft')
  await expectSpeech('To the slider, and left', /Position horizontal slider/, /Move 2 of 3/)
}

/** Orca may lag the keys, so a text said during the next step counts too. */
function listUnsaid(steps: readonly Step[], said: readonly string[]): readonly string[] {
  return steps.flatMap(({ what, expected, from }, index) => {
    const spoken = said.slice(from, steps[index + 1]?.until).join(' ')
    return expected.filter((words) => !words.test(spoken)).map((words) => `${what}: ${words}`)
  })
}

function openBrowser({ env }: Orca): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumWithWindows,
    chromiumSandbox: process.getuid?.() !== 0,
    headless: false,
    args: ['--force-renderer-accessibility', '--disable-gpu', '--no-first-run'],
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  })
}

/** Presses Tab until an element with that name has the focus. */
async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let stop = 0; stop < 40; stop++) {
    await page.keyboard.press(key)
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      return element?.ariaLabel ?? element?.getAttribute('title') ?? element?.textContent ?? ''
    })
    if (name.test(focused)) return
  }
  throw new Error(`${key} never reaches ${name}`)
}
