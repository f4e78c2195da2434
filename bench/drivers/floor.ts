/** Plays with a server that knows no game: each line comes back to both connections of the pair. */
import { type Wire, openLines } from '../lib/lines.ts'
import type { Links } from '../lib/link.ts'
import type { Driver, Loop } from '../lib/loop.ts'

/** As long as a move of Oxo's. */
const line =
  '{"jsonrpc":"2.0","id":1234,"method":"game.move","params":{"game":"p00000g000000abcdefghij","x":1,"y":1,"version":3}}'

/** Connections are opened one after the other, for the floor takes them as pairs in that order. */
export async function openFloor(links: Links, loop: Loop): Promise<Driver> {
  const wires: Wire[] = []
  for (let connection = 0; connection < loop.pairs * 2; connection++)
    wires.push(await openLines(links, () => loop.hear(connection >> 1, connection & 1)))
  return {
    begin() {},
    move: (pair, nth) => wires[pair * 2 + (nth & 1)]?.send(line),
  }
}
