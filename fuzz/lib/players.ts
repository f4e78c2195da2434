/** People who mean well: each plays both sides of a board of their own, a move now and then, and notes how long it took. */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Place } from './talk.ts'

/** Rows of 25 marks that alternate, and no column or diagonal that long: nothing ever wins. */
const width = 25
const height = 24
/** Between two moves of one player, in ms. */
const pauseMs = 20
const playersAtOnce = 8
/** They come from an address of their own. */
const from = '127.0.9.9'

let games = 0

/** How long each move took, in ms, from the line that says it to the line that answers. */
export async function play(place: Place, forMs: number): Promise<readonly number[]> {
  const end = performance.now() + forMs
  const all = await Promise.all(Array.from({ length: playersAtOnce }, () => playOne(place, end)))
  return all.flat()
}

/** The time below which so many of a hundred stay. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Infinity
}

async function playOne({ host, port }: Place, end: number): Promise<readonly number[]> {
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
    if (done === true) throw new Error('the connection of somebody who means well was closed')
    if (value.includes('"error":')) throw new Error(`somebody who means well heard ${value}`)
    if (value.includes('"id":1,"result":')) return
  }
}

/** How long it takes somebody new to come, say a move and hear the answer, in ms. */
export async function visit({ host, port }: Place): Promise<number> {
  const began = performance.now()
  const socket = connect({ host, port, noDelay: true, localAddress: '127.0.9.8' })
  socket.write('board\n')
  const heard = await new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => resolve(chunk.toString()))
    socket.on('error', (cause) => resolve(cause.message))
    socket.on('close', () => resolve('closed'))
  })
  const ms = performance.now() - began
  socket.destroy()
  if (!heard.startsWith('BOARD main ')) throw new Error(`somebody new heard ${heard}`)
  return ms
}
