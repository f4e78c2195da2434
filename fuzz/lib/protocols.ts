/** The protocols of a server as fuzz targets: each input is everything that one connection sends. */
import type { Random } from '../../src/base/index.ts'
import { limits } from '../../src/protocol/index.ts'
import { type TestServer, openTestServer } from '../../src/gateway/testing/server.ts'
import { judge, show } from './judge.ts'
import { plantIn, plants } from './planted-bugs.ts'
import { talk } from './raw-conversation.ts'
import { type Attack, FuzzFinding, type Target } from './target.ts'

export interface ProtocolTarget {
  readonly name: string
  readonly about: string
  readonly words: readonly string[]
  /** Sent first on every connection. */
  readonly greeting?: string
}

export function makeProtocolTarget({ greeting = '', ...protocol }: ProtocolTarget): Target {
  return {
    ...protocol,
    plants,
    open: async (plant, random) => new ProtocolAttack(await openFuzzed(plant, random), Buffer.from(greeting)),
  }
}

function openFuzzed(plant: string | null, random: Random): Promise<TestServer> {
  // The default limits, except that games that nobody watches leave memory soon, so that only leaks stay.
  return openTestServer({
    service: { random },
    limits: { ...limits, idleGameMs: 1_000 },
    wrap: (host) => plantIn(host, plant),
  })
}

/** Tokens and unsafe characters, which must never be in a log. */
const secret = /eyJ[\w-]+\.[\w-]+\.[\w-]{43}|[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/

class ProtocolAttack implements Attack {
  readonly #server: TestServer
  readonly #greeting: Buffer

  constructor(server: TestServer, greeting: Buffer) {
    this.#server = server
    this.#greeting = greeting
  }

  async give(input: Buffer): Promise<() => string> {
    const { got, isOver } = await talk(this.#server, Buffer.concat([this.#greeting, input]))
    if (!isOver) throw new FuzzFinding(`the connection does not end: ${show(got.toString('latin1'))}`)
    const leaked = this.#server.takeLog().find((line) => secret.test(line))
    if (leaked !== undefined) throw new FuzzFinding(`the log contains ${show(leaked)}`)
    return () => judge(got)
  }

  async serve(): Promise<void> {
    await this.#expect('board\n', /^BOARD main /)
    const create = '{"jsonrpc":"2.0","id":1,"method":"game.create","params":{"seats":"open"}}\n'
    await this.#expect(create, /^\{"jsonrpc":"2.0","id":1,"result":\{"game":"/)
    const http = 'Host: localhost\r\nConnection: close\r\n\r\n'
    await this.#expect(`GET /games/main HTTP/1.1\r\n${http}`, /^HTTP\/1.1 200 OK[^]*BOARD main /)
    const body = '{"jsonrpc":"2.0","id":7,"method":"ping"}'
    const post = `POST /rpc HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${http}${body}`
    await this.#expect(post, /^HTTP\/1.1 200 OK[^]*"id":7,"result"/)
  }

  async #expect(sent: string, expected: RegExp): Promise<void> {
    const { got, isOver } = await talk(this.#server, Buffer.from(sent))
    const answer = got.toString('latin1')
    if (!isOver || !expected.test(answer))
      throw new FuzzFinding(`a well-behaved client sent ${show(sent)} and received ${show(answer)}`)
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#server[Symbol.asyncDispose]()
  }
}
