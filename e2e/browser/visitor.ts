/** A visitor with a browser, who finds everything by role and name, as a sighted person or a screen reader does. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import type { Player } from '../../src/game/index.ts'
import { isFirefox, openBrowser } from './browser.ts'
import { PageMonitor } from './page-monitor.ts'

/** Timeout of every wait on a page; generous for a loaded machine. */
const timeoutMs = 30_000
/** A second press that comes sooner counts as a double tap. */
const doubleTapMs = 600

export interface VisitorIdentity {
  readonly token: string
  readonly account: { readonly id: string; readonly name: string }
}

export interface VisitorOptions extends BrowserContextOptions {
  /** The account stored by an earlier visit; none by default. */
  readonly identity?: VisitorIdentity
  /** The name stored by an earlier visit. */
  readonly name?: string
}

export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext
  readonly monitor: PageMonitor
  #page: Page

  private constructor(context: BrowserContext, page: Page, monitor: PageMonitor) {
    this.context = context
    this.#page = page
    this.monitor = monitor
  }

  /** Opens an empty page; call {@link goto} next. */
  static async open(url: string, { identity, name, ...options }: VisitorOptions = {}): Promise<Visitor> {
    const kept = { identity, settings: name === undefined ? undefined : { name } }
    const localStorage = Object.entries(kept)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ name: `oxo:${key}`, value: JSON.stringify(value) }))
    const context = await (
      await openBrowser()
    ).newContext({
      locale: 'en',
      reducedMotion: 'reduce',
      storageState: { cookies: [], origins: [{ origin: url, localStorage }] },
      baseURL: url,
      ...options,
    })
    context.setDefaultTimeout(timeoutMs)
    const monitor = await PageMonitor.watch(context, url)
    return new Visitor(context, await context.newPage(), monitor)
  }

  get page(): Page {
    return this.#page
  }

  /** Closes the tab without running its unload handlers, as a browser that discards it, and opens a new one. */
  async reopen(path: string): Promise<void> {
    await this.#page.close({ runBeforeUnload: false })
    this.#page = await this.context.newPage()
    await this.goto(path)
  }

  /** Resolves when the service worker is active, so the whole page is cached. */
  async isKept(): Promise<void> {
    await this.page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready
      if (active === null || active.state === 'activated') return
      await new Promise<void>((resolve) =>
        active.addEventListener('statechange', () => active.state === 'activated' && resolve()),
      )
    })
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(path)
  }

  /** The cell at a place, 0-based as on the wire, whose description starts with `what`. */
  cell(x: number, y: number, what = ''): Locator {
    return this.page.getByRole('gridcell', { name: new RegExp(`^column ${x + 1}, row ${y + 1}, ${what}`) })
  }

  async tap(x: number, y: number): Promise<void> {
    await this.cell(x, y).click()
  }

  /** Taps with a finger. Playwright sends no touch to Firefox; there it is the click that a tap becomes. */
  async touch(x: number, y: number): Promise<void> {
    await (isFirefox ? this.tap(x, y) : this.cell(x, y).tap())
  }

  async sees(x: number, y: number, player: Player): Promise<void> {
    await this.#await(this.cell(x, y, player))
  }

  /** The board by the names of its cells, row by row: X, O, or a dot. */
  async board(): Promise<string> {
    const names = await this.page.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => cell.ariaLabel))
    return names.map((name) => /, ([XO])\b/.exec(name ?? '')?.[1] ?? '.').join('')
  }

  /** Clicks the button or link with exactly this name. */
  async press(name: string | RegExp): Promise<void> {
    const { page } = this
    await page
      .getByRole('button', { name, exact: true })
      .or(page.getByRole('link', { name, exact: true }))
      .click()
  }

  /** Presses a button that asks before it acts, reads its question, and presses it again. */
  async confirm(name: string): Promise<void> {
    await this.press(name)
    await setTimeout(doubleTapMs)
    await this.page.getByRole('button', { name: /\? Press again$/ }).click()
  }

  /** Waits until this text is visible on the page. */
  async reads(text: string | RegExp): Promise<void> {
    await this.#await(this.page.getByText(plain(text)).filter({ visible: true }).first())
  }

  /** The value of a required field; waits until there is one. */
  async findFilled(label: string): Promise<string> {
    const field = this.page.getByRole('textbox', { name: label }).and(this.page.locator(':valid'))
    await this.#await(field)
    return field.inputValue()
  }

  /** Waits until the heading, which shows the state of the game, has this text. */
  async standsAt(text: string | RegExp): Promise<void> {
    await this.#await(this.page.getByRole('heading', { level: 1 }).filter({ hasText: plain(text) }))
  }

  /** The id of the game at the address; waits until there is one. */
  async game(): Promise<string> {
    await this.page.waitForURL(/\/games\/[\w-]+$/)
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? ''
  }

  /** @throws Error with the current accessibility tree of the page, after a timeout. */
  async #await(part: Locator): Promise<void> {
    try {
      await part.waitFor()
    } catch (cause) {
      throw new Error(
        `the expected part did not appear at ${this.page.url()}:\n${await this.page.locator('body').ariaSnapshot()}`,
        {
          cause,
        },
      )
    }
  }

  /** Ends the visit. @throws if the page had problems that do not match `but`. */
  async leave(but?: RegExp): Promise<void> {
    await this.context.close()
    this.monitor.assertNothing(but)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }
}

/** Matches a text with Unicode isolates anywhere in it: the page puts them around names. */
function plain(text: string | RegExp): RegExp {
  if (text instanceof RegExp) return text
  return new RegExp([...text].map((letter) => RegExp.escape(letter)).join('[\\u2066-\\u2069]*'))
}

/** @throws unless every visitor sees this board. */
export async function assertSameBoards(visitors: readonly Visitor[], board: string): Promise<void> {
  assert.deepEqual(
    await Promise.all(visitors.map((visitor) => visitor.board())),
    visitors.map(() => board),
  )
}
