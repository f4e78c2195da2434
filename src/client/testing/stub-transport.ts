/** The server's end of a client's connections, in memory: nothing happens until a test calls a method. */
import { assert } from '../../base/index.ts'
import {
  type ErrorName,
  makeAnswer,
  makeError,
  makeNotification,
  type Notification,
  type NotificationName,
} from '../../protocol/index.ts'
import type { Hello } from '../reconnecting-connection.ts'
import type { Dial, TransportListener } from '../transport.ts'

export interface HeardRequest {
  readonly id: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

export const helloAnswer: Hello = {
  protocol: 1,
  server: 'a script',
  account: { id: 'me', name: 'Me' },
  token: 'token-1',
  limits: { messageBytesMax: 8_192, requestsPerSecond: 100, requestBurst: 200, watchedGamesMax: 1_000 },
  durability: 'memory',
  heartbeatMs: 20_000,
}

export class StubTransport {
  /** The client's end, to be given to `connect`. */
  readonly dial: Dial
  dials = 0
  #listener: TransportListener | null = null
  #heard: HeardRequest[] = []

  constructor() {
    this.dial = (_url, listener) => {
      this.dials++
      this.#listener = listener
      this.#heard = []
      return {
        send: (message) => void (this.#listener === listener && this.#heard.push(JSON.parse(message) as HeardRequest)),
        close: () => void (this.#listener === listener && (this.#listener = null)),
      }
    }
  }

  get isConnected(): boolean {
    return this.#listener !== null
  }

  /** The methods of the requests that arrived and were not taken with `hear` yet. */
  get waiting(): readonly string[] {
    return this.#heard.map(({ method }) => method)
  }

  /** Opens the connection without sending anything. */
  open(): void {
    this.#end().opened()
  }

  /** Opens the connection and answers hello; returns the client's hello request. */
  welcome(hello: Partial<Hello> = {}): HeardRequest {
    this.open()
    const request = this.hear('hello')
    this.answer(request, { ...helloAnswer, ...hello })
    return request
  }

  /** Takes the next request, which must be for `method`. */
  hear(method: string): HeardRequest {
    const request = this.#heard.shift()
    assert(request?.method === method, `the client sent ${request?.method ?? 'nothing'} instead of ${method}`)
    return request
  }

  answer({ id }: HeardRequest, result: object): void {
    this.#end().heard(makeAnswer(id, JSON.stringify(result)))
  }

  refuse({ id }: HeardRequest, name: ErrorName, detail = {}): void {
    this.#end().heard(makeError(id, name, `scripted ${name}`, detail))
  }

  say<Name extends NotificationName>(method: Name, params: Notification<Name>): void {
    this.#end().heard(makeNotification(method, JSON.stringify(params)))
  }

  /** Sends any text, a message or not. */
  sayText(text: string): void {
    this.#end().heard(text)
  }

  /** Ends the connection; requests not taken with `hear` are lost. */
  cut(reason = 'cut'): void {
    const listener = this.#end()
    this.#listener = null
    this.#heard = []
    listener.closed(reason)
  }

  #end(): TransportListener {
    assert(this.#listener !== null, 'nobody is connected')
    return this.#listener
  }
}
