/** One side of a conversation with a server, the same for every protocol: texts out, texts in. */
import { connect, type Socket } from 'node:net'
import type { TranscriptProtocol } from './transcript.ts'

/** Longer than any answer takes on a loaded machine. */
const patienceMs = 10_000

/** What came in and was not read yet. */
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

  /** The oldest text. @throws when none comes in time, or the connection ends first. */
  async next(): Promise<string> {
    await this.#until(() => this.#texts.length > 0 || this.#closed !== null)
    const text = this.#texts.shift()
    if (text === undefined) throw new Error('the connection was closed instead')
    return text
  }

  /** The code of the close, 0 where a protocol has none. @throws when it stays open, or texts are left. */
  async end(): Promise<number> {
    await this.#until(() => this.#texts.length > 0 || this.#closed !== null)
    if (this.#texts[0] !== undefined) throw new Error(`heard instead: ${this.#texts[0]}`)
    return this.#closed?.code ?? 0
  }

  /** What was never read. */
  rest(): readonly string[] {
    return this.#texts
  }

  async #until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!isSo()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`heard nothing for ${patienceMs} ms`)
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(() => resolve(), left)
      this.#wake = resolve
      await promise
      clearTimeout(timer)
    }
  }
}

export interface Wire {
  readonly inbox: Inbox
  say(text: string): void
  close(): void
}

export interface Place {
  readonly host: string
  readonly port: number
}

/** `token`: only where every request proves itself anew. */
export async function openWire(
  protocol: TranscriptProtocol,
  place: Place,
  token: () => string | undefined,
): Promise<Wire> {
  if (protocol === 'http') return new HttpWire(place, token)
  return protocol === 'websocket' ? openWebSocket(place) : openLines(place)
}

/** JSON lines and text: both are lines. */
export async function openLines({ host, port }: Place): Promise<Wire> {
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
  return { inbox, say: (text) => void socket.write(`${text}\n`), close: () => socket.destroy() }
}

async function openWebSocket({ host, port }: Place): Promise<Wire> {
  const inbox = new Inbox()
  const socket = new WebSocket(`ws://${host}:${port}/ws`)
  socket.onmessage = ({ data }) => inbox.push(String(data))
  socket.onclose = ({ code }) => inbox.close(code)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.onopen = () => resolve()
  socket.onerror = () => reject(new Error('the WebSocket did not open'))
  await promise
  return { inbox, say: (text) => socket.send(text), close: () => socket.close() }
}

/** `POST /rpc`: each text a request of its own. */
class HttpWire implements Wire {
  readonly inbox = new Inbox()
  readonly #url: string
  readonly #token: () => string | undefined

  constructor({ host, port }: Place, token: () => string | undefined) {
    this.#url = `http://${host}:${port}/rpc`
    this.#token = token
  }

  say(text: string): void {
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
