/** Intercepts the WebSocket between a page and its server: a test can see, hold back and refuse messages. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'

interface Sent {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

export class PageConnection {
  readonly #sent: Sent[] = []
  readonly #held: (() => void)[] = []
  /** Messages to the page that match are held back. */
  #holding: RegExp | null = null
  /** The method that is refused in place of the server, and the error. */
  #refused: { readonly method: string; readonly error: object } | null = null

  /** Call this before the page is opened. */
  static async tap(page: Page): Promise<PageConnection> {
    const line = new PageConnection()
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((message) => {
        const sent = message === '' ? null : (JSON.parse(String(message)) as Sent)
        if (sent !== null) line.#sent.push(sent)
        const { method, error } = line.#refused ?? {}
        if (sent === null || sent.method !== method) return server.send(message)
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: sent.id, error }))
      })
      server.onMessage((message) => {
        if (line.#holding?.test(String(message)) === true) line.#held.push(() => socket.send(message))
        else socket.send(message)
      })
    })
    return line
  }

  /** The methods that the page has called, in order. */
  get methods(): readonly string[] {
    return this.#sent.map(({ method }) => method ?? '')
  }

  /** The params of all calls of this method, in order. */
  paramsOf(method: string): readonly Sent['params'][] {
    return this.#sent.filter((sent) => sent.method === method).map(({ params }) => params)
  }

  /** Holds back messages to the page that match; by default all of them. */
  hold(pattern = /^/): void {
    this.#holding = pattern
  }

  /** Answers calls of this method with `error` in place of the server. null: stops doing so. */
  refuse(method: string | null, error: object = {}): void {
    this.#refused = method === null ? null : { method, error }
  }

  /** Delivers the messages that were held back, and holds back no more. */
  release(): void {
    this.#holding = null
    for (const send of this.#held.splice(0)) send()
  }

  /** Resolves once the page has called this method `count` times. @throws if that takes longer than 10 s. */
  async hears(method: string, count = 1): Promise<void> {
    const isReached = (): boolean => this.paramsOf(method).length >= count
    for (let turn = 0; turn < 500 && !isReached(); turn++) await setTimeout(20)
    assert.ok(isReached(), `fewer than ${count} calls of ${method} among ${this.methods.join(', ')}`)
  }
}
