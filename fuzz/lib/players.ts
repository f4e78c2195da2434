/** Well-behaved clients: each plays both sides of its own game at a moderate rate and measures the latency. */
import type { Endpoint } from '../../src/conformance/endpoint.ts'
import { LinesClient } from '../../e2e/lib/lines-client.ts'
import { TestSocket } from '../../src/gateway/testing/socket.ts'

/** Rows of 25 alternating marks; no column or diagonal is as long as the line, so nobody wins. */
const width = 25
const height = 24
/** Delay between two moves of one player, in ms. */
const pauseMs = 20
const playersAtOnce = 8
/** Local address of all players, which no attacker uses. */
const from = '127.0.9.9'

let games = 0

/** Plays for `forMs`. Returns the latency of each move in ms, from the request to its answer. */
export async function playOn(place: Endpoint, forMs: number): Promise<readonly number[]> {
  const end = performance.now() + forMs
  const all = await Promise.all(Array.from({ length: playersAtOnce }, () => playOne(place, end)))
  return all.flat()
}

/** The given percentile of the times; infinite if there are none. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Infinity
}

async function playOne(place: Endpoint, end: number): Promise<readonly number[]> {
  using client = new LinesClient(place, from)
  const ask = async (method: string, params: object): Promise<void> => {
    const { error } = await client.ask(method, params)
    if (error !== undefined) throw new Error(`a well-behaved client received ${JSON.stringify(error)}`)
  }
  const game = `well-${process.pid}-${++games}`
  await ask('game.create', { game, seats: 'open', rules: `${width},${height},${width}` })
  const times: number[] = []
  for (let move = 0; move < width * height && performance.now() < end; move++) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const began = performance.now()
    await ask('game.move', { game, version: move + 1, x: move % width, y: Math.floor(move / width) })
    times.push(performance.now() - began)
  }
  return times
}

/** Measures how long a new client takes to connect, send a request and get the answer, in ms. */
export async function visitServer({ host, port }: Endpoint): Promise<number> {
  const began = performance.now()
  const visitor = TestSocket.at({ host, port, localAddress: '127.0.9.8' }).write('board\n')
  await visitor.more().catch(() => {})
  const reply = visitor.got
  const ms = performance.now() - began
  visitor.socket.destroy()
  if (!reply.startsWith('BOARD main ')) throw new Error(`a new client received ${reply}`)
  return ms
}
