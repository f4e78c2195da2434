/** Plays with the minimal server: it returns each line to both connections of the pair. */
import { type MessageSender, openRawLines } from '../lib/lines.ts'
import type { Links } from '../lib/link.ts'
import type { Driver, Loop } from '../lib/loop.ts'

/** As long as a move in Oxo's protocol. */
const line =
  '{"jsonrpc":"2.0","id":1234,"method":"game.move","params":{"game":"p00000g000000abcdefghij","x":1,"y":1,"version":3}}'

/** Opens connections one after the other, because the floor pairs them in that order. */
export async function openFloor(links: Links, loop: Loop): Promise<Driver> {
  const wires: MessageSender[] = []
  for (let connection = 0; connection < loop.pairs * 2; connection++)
    wires.push(await openRawLines(links, () => loop.receive(connection >> 1, connection & 1)))
  return {
    begin() {},
    move: (pair, nth) => wires[pair * 2 + (nth & 1)]?.send(line),
  }
}
