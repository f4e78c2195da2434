/** A connection to a server that sends and receives texts, the same for every protocol. */
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { holdingClock, within } from '../base/index.ts'
import type { Endpoint } from './endpoint.ts'
import type { TranscriptProtocol } from './transcript.ts'

/** How long an answer may take; generous for a loaded machine. */
export const patienceMs = 10_000

/** Received texts that have not been read yet. */
export class Inbox {
  readonly #patienceMs: number
  readonly #texts: string[] = []
  #closed: { readonly code: number } | null = null
  #wake: (() => void) | null = null

  constructor(patience = patienceMs) {
    this.#patienceMs = patience
  }

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
    const deadline = holdingClock.now() + this.#patienceMs
    while (!isSo()) {
      const left = deadline - holdingClock.now()
      if (left <= 0) throw new Error(`received nothing for ${this.#patienceMs} ms`)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await within(holdingClock, left, promise)
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
  patience = patienceMs,
): Promise<TestConnection> {
  if (protocol === 'http') return new HttpWire(place, token, patience)
  return protocol === 'websocket' ? openFrames(place, patience) : openLinesConnection(place, patience)
}

/** A connection of lines whose bytes the caller chooses. */
export interface RawConnection extends TestConnection {
  write(bytes: string | Uint8Array): void
  /** Ends this half; the other one stays open. */
  end(): void
}

/** Opens a connection for JSON lines or for the text protocol: both send lines. */
export async function openLinesConnection(place: Endpoint, patience = patienceMs): Promise<RawConnection> {
  const { host, port, isSecure = false } = place
  const inbox = new Inbox(patience)
  // A server may answer after this half has ended.
  const options = { host, port, noDelay: true, allowHalfOpen: true }
  const socket: Socket = isSecure ? connectSecurely({ ...options, servername: host }) : connect(options)
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) inbox.push(line)
  })
  socket.on('error', () => inbox.close())
  socket.on('end', () => {
    inbox.close()
    socket.end()
  })
  socket.on('close', () => inbox.close())
  return {
    inbox,
    send: (text) => void socket.write(`${text}\n`),
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    close: () => void socket.destroy(),
  }
}

/** A WebSocket that can also send bytes, which no client of this protocol may. */
export interface FrameConnection extends TestConnection {
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void
}

export async function openFrames(place: Endpoint, patience = patienceMs): Promise<FrameConnection> {
  const inbox = new Inbox(patience)
  const socket = new WebSocket(`${webAddress(place).replace('http', 'ws')}/ws`)
  socket.onmessage = ({ data }) => inbox.push(String(data))
  socket.onclose = ({ code }) => inbox.close(code)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.onopen = () => resolve()
  socket.onerror = () => reject(new Error('the WebSocket did not open'))
  await within(holdingClock, patience, promise)
  if (socket.readyState !== WebSocket.OPEN) throw new Error(`the WebSocket did not open in ${patience} ms`)
  return {
    inbox,
    send: (text) => socket.send(text),
    sendBytes: (bytes) => socket.send(bytes),
    close: () => socket.close(),
  }
}

/** The address for HTTP, without a path. */
export function webAddress({ host, port, isSecure = false }: Endpoint): string {
  return `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Sends each text as the body of a separate `POST /rpc`. */
class HttpWire implements TestConnection {
  readonly inbox: Inbox
  readonly #url: string
  readonly #token: () => string | undefined

  constructor(place: Endpoint, token: () => string | undefined, patience: number) {
    this.inbox = new Inbox(patience)
    this.#url = `${webAddress(place)}/rpc`
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
