/** What goes wrong on the pages of one context without anybody looking: gathered, and asserted at the end. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'

/** Chromium's own words for a connection that is refused or cut; a page cannot keep it from saying so. */
const cutOff = /WebSocket connection to .* failed|net::ERR_(?:CONNECTION_|INTERNET_DISCONNECTED|NETWORK_CHANGED|EMPTY_)/

/** What the page's own script reports: the browser's observers, from before its first paint. */
interface Report {
  readonly kind: 'policy' | 'shift'
  readonly text: string
}

export class Watchman {
  readonly #origin: string
  readonly #problems: string[] = []
  readonly #shifts: string[] = []

  private constructor(origin: string) {
    this.#origin = origin
  }

  /** Before the context's first page. `origin`: the only one that may be asked for anything. */
  static async watch(context: BrowserContext, origin: string): Promise<Watchman> {
    const watchman = new Watchman(origin)
    await context.exposeBinding('oxoReport', (_, report: Report) => watchman.#hear(report))
    await context.addInitScript(observe)
    context.on('page', (page) => watchman.#follow(page))
    context.on('request', (request) => watchman.#ask(request.url()))
    return watchman
  }

  /** In the order in which they came: errors, policy violations, requests of other origins. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** What moved under the eye without anybody's input, and from where to where. */
  get shifts(): readonly string[] {
    return this.#shifts
  }

  /** @throws when anything went wrong but what the test brought about itself. */
  assertNothing(but = /^$/): void {
    const unexpected = this.#problems.filter((problem) => !but.test(problem))
    assert.deepEqual(unexpected, [])
  }

  /** Waits until such a problem has come. @throws when none does. */
  async find(problem: RegExp): Promise<void> {
    for (let turn = 0; turn < 250 && !problem.test(this.#problems.join('\n')); turn++) await setTimeout(20)
    assert.match(this.#problems.join('\n'), problem)
  }

  #follow(page: Page): void {
    page.on('pageerror', (fault) => this.#problems.push(`uncaught: ${fault.message}`))
    page.on('dialog', (dialog) => {
      this.#problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('websocket', (socket) => this.#ask(socket.url().replace(/^ws/, 'http')))
    page.on('console', (message) => {
      const text = message.text()
      if (/^(?:error|warning)$/.test(message.type()) && !cutOff.test(text)) this.#problems.push(`console: ${text}`)
    })
  }

  #ask(url: string): void {
    const { origin, protocol } = new URL(url)
    if (origin !== this.#origin && !/^(?:data|blob):$/.test(protocol)) this.#problems.push(`asks elsewhere: ${url}`)
  }

  #hear({ kind, text }: Report): void {
    if (kind === 'policy') this.#problems.push(`policy: ${text}`)
    else this.#shifts.push(text)
  }
}

/** Runs in the page. */
function observe(): void {
  const report = (kind: Report['kind'], text: string): void =>
    (globalThis as unknown as { oxoReport: (report: Report) => void }).oxoReport({ kind, text })
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    report('policy', `${effectiveDirective} ${blockedURI}`),
  )
  interface Source {
    readonly node: Node | null
    readonly previousRect: DOMRectReadOnly
    readonly currentRect: DOMRectReadOnly
  }
  const boxOf = ({ x, y, width, height }: DOMRectReadOnly): string => `${x},${y} ${width}×${height}`
  const sayShift = ({ node, previousRect, currentRect }: Source): string => {
    const element = node instanceof Element ? node : node?.parentElement
    return `${element?.localName}.${element?.className} from ${boxOf(previousRect)} to ${boxOf(currentRect)}`
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { hadRecentInput, sources } = entry as PerformanceEntry & {
        readonly hadRecentInput: boolean
        readonly sources: readonly Source[]
      }
      if (!hadRecentInput) report('shift', sources.map(sayShift).join('; '))
    }
  })
  observer.observe({ type: 'layout-shift', buffered: true })
}
