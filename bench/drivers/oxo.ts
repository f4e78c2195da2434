/**
 * Plays Oxo's protocol. Every move names its version. Answers are scanned, not parsed, so that the generator uses less CPU
 * than the server.
 */
import { makeId, systemRandom } from '../../src/base/index.ts'
import { type Driver, type Loop, movesPerGame } from '../lib/loop.ts'
import type { MessageSender } from '../lib/lines.ts'

/** A full game without a winner: the cells of X and O alternate. */
const cells = [
  [1, 1], [0, 0], [2, 0], [0, 2], [0, 1], [2, 1], [1, 0], [1, 2], [2, 2],
] as const // prettier-ignore

/** The version of a game after its creation and its join. */
const versionReady = 2

/** The kind of a request, in the two low bits of its id; the other bits are the pair. */
const kinds = { 'game.move': 0, 'game.create': 1, 'game.join': 2, hello: 3 } as const

const answerStart = '{"jsonrpc":"2.0","id":'
const changedStart = '{"jsonrpc":"2.0","method":"game.changed","params":{"game":"'
const notificationStart = '{"jsonrpc":"2.0","method"'
const versionName = '"version":'

/** Opens one connection; incoming messages go to `handle`. */
export type OpenWire = (handle: (message: string) => void) => Promise<MessageSender>

export async function openOxo(open: OpenWire, connections: number, loop: Loop): Promise<Driver> {
  const driver = new OxoDriver(loop, connections)
  await driver.open(open)
  return driver
}

class OxoDriver implements Driver {
  readonly #loop: Loop
  readonly #connections: number
  readonly #wires: MessageSender[] = []
  /** The end of every game's id, so that two generators use different games. */
  readonly #tail = makeId(systemRandom).slice(0, 9)
  /** For each pair: how many games it has created, and how many of them it no longer watches. */
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
      const wire = await open((message) => this.#receive(connection & 1, message))
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
    this.#request(pair, 0, 'game.create', params)
  }

  /** The requests have no id, so the server sends no answer. */
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
    this.#request(pair, turn & 1, 'game.move', params)
  }

  #request(pair: number, seat: number, method: keyof typeof kinds, params: string): void {
    this.#wire(pair, seat).send(`${answerStart}${pair * 4 + kinds[method]},"method":"${method}","params":${params}}`)
  }

  #wire(pair: number, seat: number): MessageSender {
    const wire = this.#wires[(pair * 2 + seat) % this.#connections]
    if (wire === undefined) throw new Error(`pair ${pair} has no connection`)
    return wire
  }

  /** 22 characters, like the server's own ids. The pair comes first, at a fixed offset. */
  #gameId(pair: number, game: number): string {
    return `${100_000 + pair}g${1_000_000 + game}${this.#tail.slice(0, 8)}`
  }

  #receive(seat: number, message: string): void {
    if (message.startsWith(changedStart)) {
      const start = changedStart.length
      const pair = readNumber(message, start) - 100_000
      if (readVersion(message, start) === this.#versionNext(pair)) this.#loop.receive(pair, seat)
    } else if (message.startsWith(answerStart)) this.#answer(message)
    else if (message !== '' && !message.startsWith(notificationStart)) throw new Error(`unknown message: ${message}`)
  }

  #answer(message: string): void {
    const id = readNumber(message, answerStart.length)
    if (!message.startsWith('"result"', message.indexOf(',', answerStart.length) + 1)) throw new Error(message)
    const pair = id >> 2
    const kind = id & 3
    if (kind === kinds['game.move']) {
      if (readVersion(message, answerStart.length) !== this.#versionNext(pair))
        throw new Error(`wrong version: ${message}`)
      this.#loop.receive(pair, (this.#loop.nth(pair) % movesPerGame) & 1)
    } else if (kind === kinds['game.create']) {
      const game = (this.#made[pair] ?? 0) - 1
      this.#request(pair, 1, 'game.join', `{"game":"${this.#gameId(pair, game)}"}`)
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
