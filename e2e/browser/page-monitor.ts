/** Collects the problems of all pages of one browser context, to be asserted at the end of a test. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'

/** Messages of browsers about a refused or lost connection; a page cannot suppress them. Firefox reports them as errors. */
const cutOff =
  /WebSocket connection to .* failed|Firefox can’t establish a connection|The connection to .* was interrupted|net::ERR_(?:CONNECTION_|INTERNET_DISCONNECTED|NETWORK_CHANGED|EMPTY_)/

/** A report of the script that runs in the page before its first paint. */
interface Report {
  readonly kind: 'policy' | 'shift'
  readonly text: string
}

export class PageMonitor {
  readonly #origin: string
  readonly #problems: string[] = []
  readonly #shifts: string[] = []

  private constructor(origin: string) {
    this.#origin = origin
  }

  /** Call this before the context's first page. `origin`: the only origin that pages may send requests to. */
  static async watch(context: BrowserContext, origin: string): Promise<PageMonitor> {
    const monitor = new PageMonitor(origin)
    await context.exposeBinding('oxoReport', (_, report: Report) => monitor.#note(report))
    await context.addInitScript(observe)
    context.on('page', (page) => monitor.#follow(page))
    context.on('request', (request) => monitor.#checkOrigin(request.url()))
    return monitor
  }

  /** Errors, policy violations and requests to other origins, in order of arrival. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Layout shifts without recent input: the element, and its boxes before and after. */
  get shifts(): readonly string[] {
    return this.#shifts
  }

  /** @throws if there are problems that do not match `but`. */
  assertNothing(but = /^$/): void {
    const unexpected = this.#problems.filter((problem) => !but.test(problem))
    assert.deepEqual(unexpected, [])
  }

  /** Waits until a problem matches. @throws if none does within 5 s. */
  async find(problem: RegExp): Promise<void> {
    for (let turn = 0; turn < 250 && !problem.test(this.#problems.join('\n')); turn++) await setTimeout(20)
    assert.match(this.#problems.join('\n'), problem)
  }

  #follow(page: Page): void {
    page.on('pageerror', ({ message }) => {
      if (!cutOff.test(message)) this.#problems.push(`uncaught: ${message}`)
    })
    page.on('dialog', (dialog) => {
      this.#problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('websocket', (socket) => this.#checkOrigin(socket.url().replace(/^ws/, 'http')))
    page.on('console', (message) => {
      const text = message.text()
      if (/^(?:error|warning)$/.test(message.type()) && !cutOff.test(text)) this.#problems.push(`console: ${text}`)
    })
  }

  #checkOrigin(url: string): void {
    const { origin, protocol } = new URL(url)
    if (origin !== this.#origin && !/^(?:data|blob):$/.test(protocol)) this.#problems.push(`asks elsewhere: ${url}`)
  }

  #note({ kind, text }: Report): void {
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
  const describeShift = ({ node, previousRect, currentRect }: Source): string => {
    const element = node instanceof Element ? node : node?.parentElement
    return `${element?.localName}.${element?.className} from ${boxOf(previousRect)} to ${boxOf(currentRect)}`
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { hadRecentInput, sources } = entry as PerformanceEntry & {
        readonly hadRecentInput: boolean
        readonly sources: readonly Source[]
      }
      if (!hadRecentInput) report('shift', sources.map(describeShift).join('; '))
    }
  })
  observer.observe({ type: 'layout-shift', buffered: true })
}
