/** Well-behaved clients: each plays both sides of its own game at a moderate rate and measures the latency. */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Endpoint } from '../../e2e/lib/endpoint.ts'

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

async function playOne({ host, port }: Endpoint, end: number): Promise<readonly number[]> {
  const socket = connect({ host, port, noDelay: true, localAddress: from })
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const game = `well-${process.pid}-${++games}`
  await ask(socket, answers, 'game.create', { game, seats: 'open', rules: `${width},${height},${width}` })
  const times: number[] = []
  for (let move = 0; move < width * height && performance.now() < end; move++) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const began = performance.now()
    await ask(socket, answers, 'game.move', { game, version: move + 1, x: move % width, y: Math.floor(move / width) })
    times.push(performance.now() - began)
  }
  socket.destroy()
  return times
}

async function ask(socket: Socket, answers: AsyncIterator<string>, method: string, params: object): Promise<void> {
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`)
  for (;;) {
    const { value, done } = await answers.next()
    if (done === true) throw new Error('the connection of a well-behaved client was closed')
    if (value.includes('"error":')) throw new Error(`a well-behaved client received ${value}`)
    if (value.includes('"id":1,"result":')) return
  }
}

/** Measures how long a new client takes to connect, send a request and get the answer, in ms. */
export async function visitServer({ host, port }: Endpoint): Promise<number> {
  const began = performance.now()
  const socket = connect({ host, port, noDelay: true, localAddress: '127.0.9.8' })
  socket.write('board\n')
  const reply = await new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()))
    socket.on('error', (cause) => resolve(cause.message))
    socket.on('close', () => resolve('closed'))
  })
  const ms = performance.now() - began
  socket.destroy()
  if (!reply.startsWith('BOARD main ')) throw new Error(`a new client received ${reply}`)
  return ms
}
