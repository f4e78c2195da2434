/** A connection to a server that sends and receives texts, the same for every protocol. */
import type { Endpoint } from './endpoint.ts'
import { connect, type Socket } from 'node:net'
import type { TranscriptProtocol } from './transcript.ts'

/** Timeout of an answer; generous for a loaded machine. */
const timeoutMs = 10_000

/** Received texts that have not been read yet. */
export class Inbox {
  readonly #texts: string[] = []
  #closed: { readonly code: number } | null = null
  #wake: (() => void) | null = null

  push(text: string): void {
    this.#texts.push(text)
    this.#wake?.()
  }

  close(code = 0): void {
    this.#closed ??= { code }
    this.#wake?.()
  }

  /** Takes the oldest text. @throws if none arrives in time, or the connection ends first. */
  async next(): Promise<string> {
    await this.#until(() => this.#texts.length > 0 || this.#closed !== null)
    const text = this.#texts.shift()
    if (text === undefined) throw new Error('the connection was closed instead')
    return text
  }

  /** Waits for the close; returns its code, 0 if the protocol has none. @throws if it stays open, or texts are left. */
  async end(): Promise<number> {
    await this.#until(() => this.#texts.length > 0 || this.#closed !== null)
    if (this.#texts[0] !== undefined) throw new Error(`received instead: ${this.#texts[0]}`)
    return this.#closed?.code ?? 0
  }

  /** The texts that were never read. */
  rest(): readonly string[] {
    return this.#texts
  }

  async #until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (!isSo()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`received nothing for ${timeoutMs} ms`)
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(() => resolve(), left)
      this.#wake = resolve
      await promise
      clearTimeout(timer)
    }
  }
}

export interface TestConnection {
  readonly inbox: Inbox
  send(text: string): void
  close(): void
}

/** `token` is read before every HTTP request; the other protocols do not use it. */
export async function openWire(
  protocol: TranscriptProtocol,
  place: Endpoint,
  token: () => string | undefined,
): Promise<TestConnection> {
  if (protocol === 'http') return new HttpWire(place, token)
  return protocol === 'websocket' ? openWebSocket(place) : openLinesConnection(place)
}

/** Opens a connection for JSON lines or for the text protocol: both send lines. */
export async function openLinesConnection({ host, port }: Endpoint): Promise<TestConnection> {
  const inbox = new Inbox()
  const socket: Socket = connect({ host, port, noDelay: true })
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) inbox.push(line)
  })
  socket.on('error', () => inbox.close())
  socket.on('close', () => inbox.close())
  return { inbox, send: (text) => void socket.write(`${text}\n`), close: () => socket.destroy() }
}

async function openWebSocket({ host, port }: Endpoint): Promise<TestConnection> {
  const inbox = new Inbox()
  const socket = new WebSocket(`ws://${host}:${port}/ws`)
  socket.onmessage = ({ data }) => inbox.push(String(data))
  socket.onclose = ({ code }) => inbox.close(code)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.onopen = () => resolve()
  socket.onerror = () => reject(new Error('the WebSocket did not open'))
  await promise
  return { inbox, send: (text) => socket.send(text), close: () => socket.close() }
}

/** Sends each text as the body of a separate `POST /rpc`. */
class HttpWire implements TestConnection {
  readonly inbox = new Inbox()
  readonly #url: string
  readonly #token: () => string | undefined

  constructor({ host, port }: Endpoint, token: () => string | undefined) {
    this.#url = `http://${host}:${port}/rpc`
    this.#token = token
  }

  send(text: string): void {
    void this.#post(text)
  }

  close(): void {}

  async #post(body: string): Promise<void> {
    const token = this.#token()
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    try {
      this.inbox.push(await (await fetch(this.#url, { method: 'POST', headers, body })).text())
    } catch (cause) {
      this.inbox.push(`no answer: ${String(cause)}`)
    }
  }
}
