/** A check of one rule of the wire, and how it talks to the server. */
import assert from 'node:assert/strict'
import { makeId, systemRandom } from '../base/index.ts'
import type { Endpoint } from './endpoint.ts'
import type { TranscriptProtocol } from './transcript.ts'
import { openWire, type TestConnection } from './wire.ts'

/** The server that is checked. */
export interface CheckedServer {
  readonly place: Endpoint
  /** How long an answer may take, in ms. */
  readonly patience: number
}

export interface WireCheck {
  readonly id: string
  readonly title: string
  /** The rules of docs/SPEC.md that it checks. */
  readonly rules: readonly string[]
  readonly protocol: TranscriptProtocol
  /** @throws Error that says what differs */
  readonly run: (target: CheckedServer) => Promise<void>
}

export interface CheckedAnswer {
  readonly id?: unknown
  readonly method?: string
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code?: number
    readonly message?: string
    readonly data?: { readonly name?: string; readonly retry?: string }
  }
}

/** The text of a request. */
export function requestOf(id: unknown, method: string, params: object = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** Reads the next answer, and passes over notifications and heartbeats. */
export async function nextAnswer({ inbox }: TestConnection): Promise<CheckedAnswer> {
  for (;;) {
    const text = await inbox.next()
    if (text === '') continue
    const message = JSON.parse(text) as CheckedAnswer
    if (message.method === undefined) return message
  }
}

/** One account on one connection. */
export class Caller implements Disposable {
  readonly wire: TestConnection
  #token: string | undefined
  #asked = 0

  private constructor(wire: TestConnection, token: string | undefined) {
    this.wire = wire
    this.#token = token
  }

  static async open(target: CheckedServer, protocol: TranscriptProtocol, token?: string): Promise<Caller> {
    let caller: Caller | null = null
    const tokenNow = (): string | undefined => caller?.token ?? token
    caller = new Caller(await openWire(protocol, target.place, tokenNow, target.patience), token)
    return caller
  }

  get token(): string | undefined {
    return this.#token
  }

  /** Resolves with the whole answer. */
  async ask(method: string, params: object = {}): Promise<CheckedAnswer> {
    const id = ++this.#asked
    this.wire.send(requestOf(id, method, params))
    const answer = await nextAnswer(this.wire)
    assert.equal(answer.id, id, `the answer to ${method} should have the id of its request`)
    return answer
  }

  /** Resolves with the result. @throws if the server refuses */
  async call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const { result, error } = await this.ask(method, params)
    assert.ok(result !== undefined, `${method} should be answered, and was refused: ${error?.message}`)
    if (typeof result['token'] === 'string') this.#token = result['token']
    return result
  }

  [Symbol.dispose](): void {
    this.wire.close()
  }
}

/** The id of a game that does not exist yet. */
export const newGame = (): string => `conform-${makeId(systemRandom)}`

/** Opens a board where anybody moves for either player; returns its id. */
export async function createBoard(caller: Caller): Promise<string> {
  const game = newGame()
  await caller.call('game.create', { game, seats: 'open' })
  return game
}
