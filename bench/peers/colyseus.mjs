// Colyseus on its `ws` transport, in memory: a room of two with the board as schema state.
// `--shipped`: patches every 50 ms, as it ships; else one for every move.
import { createServer } from 'node:http'
import { Room, Server } from '@colyseus/core'
import { ArraySchema, schema, t } from '@colyseus/schema'
import { WebSocketTransport } from '@colyseus/ws-transport'

const isShipped = process.argv.includes('--shipped')
const lines = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]] // prettier-ignore

const Board = schema({
  board: t.array('uint8'),
  turn: t.uint8(),
  winner: t.uint8(),
  moves: t.uint8(),
})

class TicTacToe extends Room {
  maxClients = 2

  onCreate() {
    this.setState(new Board())
    this.clear()
    if (!isShipped) this.setPatchRate(null)
    this.onMessage('move', (client, cell) => this.move(client, cell))
  }

  clear() {
    this.state.board = new ArraySchema(0, 0, 0, 0, 0, 0, 0, 0, 0)
    this.state.turn = 0
    this.state.winner = 0
    this.state.moves = 0
  }

  move(client, cell) {
    const { state } = this
    if (state.winner !== 0 || state.moves === 9) this.clear()
    if (this.clients.indexOf(client) !== state.turn || state.board[cell] !== 0) return
    const mark = state.turn + 1
    state.board[cell] = mark
    state.moves++
    state.turn = 1 - state.turn
    if (lines.some((line) => line.every((place) => state.board[place] === mark))) state.winner = mark
    if (!isShipped) this.broadcastPatch()
  }
}

const http = createServer()
const server = new Server({ greet: false, transport: new WebSocketTransport({ server: http }) })
server.define('tictactoe', TicTacToe)
await server.listen(0, '127.0.0.1')
process.stdout.write(`listening on http://127.0.0.1:${http.address().port}\n`)
