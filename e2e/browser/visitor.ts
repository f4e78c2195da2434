/** Somebody at a browser: does and sees by roles and names, as a person with or without eyes does. */
import assert from 'node:assert/strict'
import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import type { Player } from '../../src/game/index.ts'
import { openBrowser } from './browser.ts'
import { Watchman } from './watchman.ts'

/** How long anything on a page may take on a loaded machine. */
const patienceMs = 30_000

export interface Identity {
  readonly token: string
  readonly account: { readonly id: string; readonly name: string }
}

export interface VisitorOptions extends BrowserContextOptions {
  /** Who they were when they last were here; by default nobody yet. */
  readonly identity?: Identity
  /** A name that they chose then. */
  readonly name?: string
}

export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext
  readonly watchman: Watchman
  #page: Page

  private constructor(context: BrowserContext, page: Page, watchman: Watchman) {
    this.context = context
    this.#page = page
    this.watchman = watchman
  }

  /** On no page yet. */
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
    context.setDefaultTimeout(patienceMs)
    const watchman = await Watchman.watch(context, url)
    return new Visitor(context, await context.newPage(), watchman)
  }

  get page(): Page {
    return this.#page
  }

  /** The tab goes without a chance to say anything, as one that the browser discards; another one is opened. */
  async reopen(path: string): Promise<void> {
    await this.#page.close({ runBeforeUnload: false })
    this.#page = await this.context.newPage()
    await this.goto(path)
  }

  /** Resolves when the page is on the device, whole. */
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

  /** The cell at a place as the wire has it, 0-based; `what` stands there, whatever it is by default. */
  cell(x: number, y: number, what = ''): Locator {
    return this.page.getByRole('gridcell', { name: new RegExp(`^column ${x + 1}, row ${y + 1}, ${what}`) })
  }

  async tap(x: number, y: number): Promise<void> {
    await this.cell(x, y).click()
  }

  async sees(x: number, y: number, player: Player): Promise<void> {
    await this.#await(this.cell(x, y, player))
  }

  /** Every cell as it is named, row by row: X, O, or a dot. */
  async board(): Promise<string> {
    const names = await this.page.getByRole('gridcell').evaluateAll((cells) => cells.map((cell) => cell.ariaLabel))
    return names.map((name) => /, ([XO])\b/.exec(name ?? '')?.[1] ?? '.').join('')
  }

  /** A button or a link, by the whole of its text. */
  async press(name: string): Promise<void> {
    const { page } = this
    await page
      .getByRole('button', { name, exact: true })
      .or(page.getByRole('link', { name, exact: true }))
      .click()
  }

  /** Waits until it stands somewhere on the page. */
  async reads(text: string | RegExp): Promise<void> {
    await this.#await(this.page.getByText(plain(text)).filter({ visible: true }).first())
  }

  /** What stands in a field that must be filled in; waits until something does. */
  async findFilled(label: string): Promise<string> {
    const field = this.page.getByRole('textbox', { name: label }).and(this.page.locator(':valid'))
    await this.#await(field)
    return field.inputValue()
  }

  /** Waits until the heading, which says where the game stands, says this. */
  async standsAt(text: string | RegExp): Promise<void> {
    await this.#await(this.page.getByRole('heading', { level: 1 }).filter({ hasText: plain(text) }))
  }

  /** The id of the game at the address; waits until there is one. */
  async game(): Promise<string> {
    await this.page.waitForURL(/\/games\/[\w-]+$/)
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? ''
  }

  /** @throws an error that shows the page as it is instead. */
  async #await(part: Locator): Promise<void> {
    try {
      await part.waitFor()
    } catch (cause) {
      throw new Error(`waited in vain at ${this.page.url()}:\n${await this.page.locator('body').ariaSnapshot()}`, {
        cause,
      })
    }
  }

  /** The visit is over; nothing went wrong that nobody looked at, but for what the test brought about itself. */
  async leave(but?: RegExp): Promise<void> {
    await this.context.close()
    this.watchman.assertNothing(but)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }
}

/** Names on a page stand between marks that keep them from turning the text around them: nobody reads those. */
function plain(text: string | RegExp): RegExp {
  if (text instanceof RegExp) return text
  return new RegExp([...text].map((letter) => RegExp.escape(letter)).join('[\\u2066-\\u2069]*'))
}

/** Resolves when what several see of one board is the same. */
export async function assertSameBoards(visitors: readonly Visitor[], board: string): Promise<void> {
  assert.deepEqual(
    await Promise.all(visitors.map((visitor) => visitor.board())),
    visitors.map(() => board),
  )
}
