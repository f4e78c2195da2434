/** The line between a page and its server, in the hands of a test: what is said on it is seen, and can be kept back. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'

interface Said {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
}

export class Line {
  readonly #said: Said[] = []
  readonly #held: (() => void)[] = []
  /** What the page does not hear now. */
  #kept: RegExp | null = null
  /** What is refused in place of the server, and how. */
  #refused: { readonly method: string; readonly error: object } | null = null

  /** Before the page is opened. */
  static async tap(page: Page): Promise<Line> {
    const line = new Line()
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((message) => {
        const said = message === '' ? null : (JSON.parse(String(message)) as Said)
        if (said !== null) line.#said.push(said)
        const { method, error } = line.#refused ?? {}
        if (said === null || said.method !== method) return server.send(message)
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: said.id, error }))
      })
      server.onMessage((message) => {
        if (line.#kept?.test(String(message)) === true) line.#held.push(() => socket.send(message))
        else socket.send(message)
      })
    })
    return line
  }

  /** What the page has asked for, in order. */
  get methods(): readonly string[] {
    return this.#said.map(({ method }) => method ?? '')
  }

  /** The params of everything asked by this method. */
  paramsOf(method: string): readonly Said['params'][] {
    return this.#said.filter((said) => said.method === method).map(({ params }) => params)
  }

  /** From now on the page does not hear such messages; by default none at all. */
  hold(kept = /^/): void {
    this.#kept = kept
  }

  /** From now on the page is refused this, as a server refuses it; null: nothing any more. */
  refuse(method: string | null, error: object = {}): void {
    this.#refused = method === null ? null : { method, error }
  }

  /** The page hears what was kept back, and what follows. */
  release(): void {
    this.#kept = null
    for (const send of this.#held.splice(0)) send()
  }

  /** Resolves once the page has asked for this so often. @throws when it does not. */
  async hears(method: string, count = 1): Promise<void> {
    const isThere = (): boolean => this.paramsOf(method).length >= count
    for (let turn = 0; turn < 500 && !isThere(); turn++) await setTimeout(20)
    assert.ok(isThere(), `no ${count} ${method} among ${this.methods.join(', ')}`)
  }
}
