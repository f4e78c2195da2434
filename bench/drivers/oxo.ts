/**
 * Plays Oxo's protocol. Every move names its version; answers are read by scanning, not by parsing, so that the
 * generator stays lighter than the server.
 */
import { makeId, systemRandom } from '../../src/base/index.ts'
import { type Driver, type Loop, movesPerGame } from '../lib/loop.ts'
import type { Wire } from '../lib/lines.ts'

/** A full game without a winner: X's cells and O's in turn. */
const cells = [
  [1, 1], [0, 0], [2, 0], [0, 2], [0, 1], [2, 1], [1, 0], [1, 2], [2, 2],
] as const // prettier-ignore

/** The version of a game that has been created and joined. */
const versionReady = 2

/** What a request was, in the low bits of its id; the rest is the pair. */
const kinds = { 'game.move': 0, 'game.create': 1, 'game.join': 2, hello: 3 } as const

const answerStart = '{"jsonrpc":"2.0","id":'
const changedStart = '{"jsonrpc":"2.0","method":"game.changed","params":{"game":"'
const notificationStart = '{"jsonrpc":"2.0","method"'
const versionName = '"version":'

/** Opens one connection; what it hears goes to `hear`. */
export type OpenWire = (hear: (message: string) => void) => Promise<Wire>

export async function openOxo(open: OpenWire, connections: number, loop: Loop): Promise<Driver> {
  const driver = new OxoDriver(loop, connections)
  await driver.open(open)
  return driver
}

class OxoDriver implements Driver {
  readonly #loop: Loop
  readonly #connections: number
  readonly #wires: Wire[] = []
  /** Of every game's id, so that no two generators meet. */
  readonly #tail = makeId(systemRandom).slice(0, 9)
  /** Of each pair: how many games it has made, and of how many of them it hears no more. */
  readonly #made: Int32Array
  readonly #left: Int32Array
  readonly #base: Int32Array
  #greeted: () => void = () => {}

  constructor(loop: Loop, connections: number) {
    this.#loop = loop
    this.#connections = connections
    this.#made = new Int32Array(loop.pairs)
    this.#left = new Int32Array(loop.pairs)
    this.#base = new Int32Array(loop.pairs)
  }

  async open(open: OpenWire): Promise<void> {
    for (let connection = 0; connection < this.#connections; connection++) {
      const wire = await open((message) => this.#hear(connection & 1, message))
      this.#wires.push(wire)
      const greeted = new Promise<void>((resolve) => (this.#greeted = resolve))
      wire.send(`{"jsonrpc":"2.0","id":${kinds.hello},"method":"hello","params":{"protocol":[1]}}`)
      await greeted
    }
  }

  begin(): void {
    this.#base.set(this.#made)
  }

  setUp(pair: number): void {
    const game = this.#made[pair] ?? 0
    this.#made[pair] = game + 1
    const params = `{"game":"${this.#gameId(pair, game)}","seat":"X"}`
    this.#ask(pair, 0, 'game.create', params)
  }

  /** Without an id: nobody waits for the answer. */
  leave(pair: number): void {
    const made = this.#made[pair] ?? 0
    for (let game = this.#left[pair] ?? 0; game < made; game++) {
      const request = `{"jsonrpc":"2.0","method":"game.unwatch","params":{"game":"${this.#gameId(pair, game)}"}}`
      this.#wire(pair, 0).send(request)
      this.#wire(pair, 1).send(request)
    }
    this.#left[pair] = made
  }

  move(pair: number, nth: number): void {
    const turn = nth % movesPerGame
    const [x, y] = cells[turn] ?? [0, 0]
    const game = this.#gameId(pair, (this.#base[pair] ?? 0) + (nth - turn) / movesPerGame)
    const params = `{"game":"${game}","x":${x},"y":${y},"version":${versionReady + turn}}`
    this.#ask(pair, turn & 1, 'game.move', params)
  }

  #ask(pair: number, seat: number, method: keyof typeof kinds, params: string): void {
    this.#wire(pair, seat).send(`${answerStart}${pair * 4 + kinds[method]},"method":"${method}","params":${params}}`)
  }

  #wire(pair: number, seat: number): Wire {
    const wire = this.#wires[(pair * 2 + seat) % this.#connections]
    if (wire === undefined) throw new Error(`pair ${pair} has no connection`)
    return wire
  }

  /** 22 characters, as the server's own. The pair comes first, at a fixed place. */
  #gameId(pair: number, game: number): string {
    return `${100_000 + pair}g${1_000_000 + game}${this.#tail.slice(0, 8)}`
  }

  #hear(seat: number, message: string): void {
    if (message.startsWith(changedStart)) {
      const start = changedStart.length
      const pair = readNumber(message, start) - 100_000
      if (readVersion(message, start) === this.#versionNext(pair)) this.#loop.hear(pair, seat)
    } else if (message.startsWith(answerStart)) this.#answer(message)
    else if (message !== '' && !message.startsWith(notificationStart)) throw new Error(`not understood: ${message}`)
  }

  #answer(message: string): void {
    const id = readNumber(message, answerStart.length)
    if (!message.startsWith('"result"', message.indexOf(',', answerStart.length) + 1)) throw new Error(message)
    const pair = id >> 2
    const kind = id & 3
    if (kind === kinds['game.move']) {
      if (readVersion(message, answerStart.length) !== this.#versionNext(pair))
        throw new Error(`wrong version: ${message}`)
      this.#loop.hear(pair, (this.#loop.nth(pair) % movesPerGame) & 1)
    } else if (kind === kinds['game.create']) {
      const game = (this.#made[pair] ?? 0) - 1
      this.#ask(pair, 1, 'game.join', `{"game":"${this.#gameId(pair, game)}"}`)
    } else if (kind === kinds['game.join']) this.#loop.ready(pair)
    else this.#greeted()
  }

  #versionNext(pair: number): number {
    return versionReady + 1 + (this.#loop.nth(pair) % movesPerGame)
  }
}

function readVersion(message: string, from: number): number {
  return readNumber(message, message.indexOf(versionName, from) + versionName.length)
}

function readNumber(text: string, start: number): number {
  let value = 0
  for (let index = start; ; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return value
    value = value * 10 + digit
  }
}
