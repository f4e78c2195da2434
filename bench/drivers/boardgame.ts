/** Plays boardgame.io's socket.io protocol directly over WebSocket: each game is a match, each move an `update`. */
import type { Links } from '../lib/link.ts'
import { type Driver, type Loop, movesPerGame } from '../lib/loop.ts'
import { openWebSocket, type WebSocketWire } from '../lib/websocket.ts'

/** A full game without a winner. */
const cells = [4, 0, 2, 6, 1, 7, 3, 5, 8] as const
const namespace = '/tic-tac-toe,'
const path = '/socket.io/?EIO=4&transport=websocket'

export async function openBoardgame(links: Links, loop: Loop): Promise<Driver> {
  const wires: WebSocketWire[] = []
  const made = new Int32Array(loop.pairs)
  const synced = new Uint8Array(loop.pairs)
  const matchOf = (pair: number): string => `match-${pair}-${made[pair] ?? 0}`

  const handleSynced = (pair: number, seat: number): void => {
    synced[pair] = (synced[pair] ?? 0) + 1
    if (seat === 0) sync(pair, 1)
    if (synced[pair] === 2) loop.ready(pair)
  }
  const sync = (pair: number, seat: number): void =>
    wires[pair * 2 + seat]?.sendText(`42${namespace}["sync","${matchOf(pair)}","${seat}",null,2]`)
  const handle = (connection: number, text: string): void => {
    const name = text.slice(namespace.length + 2, namespace.length + 12)
    if (text === '2') wires[connection]?.sendText('3')
    else if (name.startsWith('["sync"')) handleSynced(connection >> 1, connection & 1)
    else if (name.startsWith('["update"') && text.includes(matchOf(connection >> 1)))
      loop.receive(connection >> 1, connection & 1)
  }

  for (let connection = 0; connection < loop.pairs * 2; connection++) {
    const joined = Promise.withResolvers<void>()
    const opened = await openWebSocket(links, path, ({ data, start, end }, wire) => {
      const text = data.toString('latin1', start, end)
      if (text.startsWith('0{')) wire.sendText(`40${namespace}`)
      else if (text.startsWith(`40${namespace}`)) joined.resolve()
      else handle(connection, text)
    })
    wires.push(opened)
    await joined.promise
  }
  return {
    begin() {},
    setUp(pair) {
      made[pair] = (made[pair] ?? 0) + 1
      synced[pair] = 0
      sync(pair, 0)
    },
    move(pair, nth) {
      const seat = (nth % movesPerGame) & 1
      const payload = `{"type":"clickCell","args":[${cells[nth % movesPerGame]}],"playerID":"${seat}","credentials":null}`
      const action = `{"type":"MAKE_MOVE","payload":${payload}}`
      const params = `${action},${nth % movesPerGame},"${matchOf(pair)}","${seat}"`
      wires[pair * 2 + seat]?.sendText(`42${namespace}["update",${params}]`)
    },
  }
}
