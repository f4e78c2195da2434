/** Plays Colyseus' room protocol directly: each pair has a room, each move is a message, and both get the patch of the state. */
import type { Links } from '../lib/link.ts'
import { type Driver, type Loop, movesPerGame } from '../lib/loop.ts'
import { openWebSocket, type WebSocketWire } from '../lib/websocket.ts'

const cells = [4, 0, 2, 6, 1, 7, 3, 5, 8] as const
const codes = { joinRoom: 10, error: 11, roomData: 13, state: 14, patch: 15 } as const

/** As Colyseus' own client encodes `send('move', cell)`: the type as a short text, the message as MessagePack. */
const moves = cells.map((cell) => Uint8Array.of(codes.roomData, 0xa4, 0x6d, 0x6f, 0x76, 0x65, cell))

interface Seat {
  readonly roomId: string
  readonly processId: string
  readonly sessionId: string
}

/** X's first move clears the board for the next game, so games need no set-up. */
export async function openColyseus(links: Links, loop: Loop, port: number): Promise<Driver> {
  const wires: WebSocketWire[] = []
  let isPlaying = false

  const join = async (pair: number, seat: number, reserved: Seat): Promise<void> => {
    const joined = Promise.withResolvers<void>()
    const path = `/${reserved.processId}/${reserved.roomId}?sessionId=${reserved.sessionId}`
    const opened = await openWebSocket(links, path, ({ data, start, end }, wire) => {
      const code = data[start]
      if (code === codes.patch && isPlaying) loop.receive(pair, seat)
      else if (code === codes.joinRoom) wire.sendBytes(Uint8Array.of(codes.joinRoom))
      else if (code === codes.state) joined.resolve()
      else if (code === codes.error) joined.reject(new Error(data.toString('latin1', start, end)))
    })
    wires.push(opened)
    await joined.promise
  }

  for (let pair = 0; pair < loop.pairs; pair++) {
    const first = await reserve(port, 'create', 'tictactoe')
    await join(pair, 0, first)
    await join(pair, 1, await reserve(port, 'joinById', first.roomId))
  }
  // The patches of the joins are still in flight, at the server's default interval.
  await new Promise((resolve) => setTimeout(resolve, 500))
  isPlaying = true
  return {
    begin() {},
    move: (pair, nth) =>
      wires[pair * 2 + ((nth % movesPerGame) & 1)]?.sendBytes(moves[nth % movesPerGame] ?? new Uint8Array()),
  }
}

async function reserve(port: number, method: string, room: string): Promise<Seat> {
  const answer = await fetch(`http://127.0.0.1:${port}/matchmake/${method}/${room}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (!answer.ok) throw new Error(`matchmaking failed: ${await answer.text()}`)
  return (await answer.json()) as Seat
}
