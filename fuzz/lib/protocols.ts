/** The protocols of a server as targets: each input is all that one connection says. */
import type { Random } from '../../src/base/index.ts'
import { limits } from '../../src/protocol/index.ts'
import { type House, openHouse } from './server-in-process.ts'
import { judge, show } from './judge.ts'
import { plantIn, plants } from './planted-bugs.ts'
import { talk } from './talk.ts'
import { type Attack, Finding, type Target } from './target.ts'

export interface ProtocolTarget {
  readonly name: string
  readonly about: string
  readonly words: readonly string[]
  /** What every connection says first. */
  readonly greeting?: string
}

export function makeProtocolTarget({ greeting = '', ...protocol }: ProtocolTarget): Target {
  return {
    ...protocol,
    plants,
    open: async (plant, random) => new ProtocolAttack(await openFuzzed(plant, random), Buffer.from(greeting)),
  }
}

function openFuzzed(plant: string | null, random: Random): Promise<House> {
  // The limits of a real server; but games that nobody hears of leave soon, so that what stays is what leaks.
  return openHouse({ random, limits: { ...limits, idleGameMs: 1_000 }, wrap: (host) => plantIn(host, plant) })
}

/** What a log must never hold. */
const secret = /eyJ[\w-]+\.[\w-]+\.[\w-]{43}|[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/

class ProtocolAttack implements Attack {
  readonly #house: House
  readonly #greeting: Buffer

  constructor(house: House, greeting: Buffer) {
    this.#house = house
    this.#greeting = greeting
  }

  async give(input: Buffer): Promise<() => string> {
    const { got, isOver } = await talk(this.#house, Buffer.concat([this.#greeting, input]))
    if (!isOver) throw new Finding(`the connection does not end: ${show(got.toString('latin1'))}`)
    const told = this.#house.takeLog().find((line) => secret.test(line))
    if (told !== undefined) throw new Finding(`the log says ${show(told)}`)
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
    const { got, isOver } = await talk(this.#house, Buffer.from(sent))
    const answer = got.toString('latin1')
    if (!isOver || !expected.test(answer))
      throw new Finding(`somebody who means well said ${show(sent)} and heard ${show(answer)}`)
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#house[Symbol.asyncDispose]()
  }
}
