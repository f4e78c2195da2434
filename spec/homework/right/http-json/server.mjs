/**
 * Tic-tac-toe over HTTP, with Node's own server: one thread, one loop, one port. `node server.mjs PORT`
 *
 * POST /move {"player":"X","row":0,"col":2}, GET /board, POST /reset. An answer is {"board":"X.O/.../...","winner":"X"} or
 * {"board":...,"draw":true} or {"error":"...","board":...}: 400 for a request that is wrong, 409 for a move that is not allowed.
 */
import { createServer } from 'node:http'

const LONGEST = 4096 // bytes of a body

class HttpError extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

let board = ['...', '...', '...']
let turn = 'X'
let ended = false

function hasWon(player) {
  const line = player.repeat(3)
  const columns = [0, 1, 2].map((col) => board.map((row) => row[col]).join(''))
  const falling = board.map((row, i) => row[i]).join('')
  const rising = board.map((row, i) => row[2 - i]).join('')
  return [...board, ...columns, falling, rising].includes(line)
}

/** @throws HttpError if the move is wrong or not allowed. */
function check(request) {
  const { player, row, col } = request
  if (Object.keys(request).length !== 3) throw new HttpError(400, 'a move has a player, a row and a col')
  if (player !== 'X' && player !== 'O') throw new HttpError(400, 'the players are X and O')
  if (!Number.isInteger(row) || !Number.isInteger(col)) throw new HttpError(400, 'row and col are whole numbers')
  if (row < 0 || row > 2 || col < 0 || col > 2) throw new HttpError(400, 'off the board')
  if (ended) throw new HttpError(409, 'the game is over')
  if (player !== turn) throw new HttpError(409, 'not your turn')
  if (board[row][col] !== '.') throw new HttpError(409, 'the cell is taken')
}

function place({ player, row, col }) {
  board[row] = board[row].slice(0, col) + player + board[row].slice(col + 1)
  turn = player === 'X' ? 'O' : 'X'
  if (hasWon(player)) {
    ended = true
    return { winner: player }
  }
  if (!board.join('').includes('.')) {
    ended = true
    return { draw: true }
  }
  return {}
}

function reset() {
  board = ['...', '...', '...']
  turn = 'X'
  ended = false
  return {}
}

async function readJson(request) {
  const chunks = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= LONGEST) chunks.push(chunk)
  }
  if (length > LONGEST) throw new HttpError(413, 'the body is too long')
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    return Object(JSON.parse(text))
  } catch {
    throw new HttpError(400, 'the body is not JSON')
  }
}

async function answer(request) {
  const route = `${request.method} ${request.url}`
  if (route === 'GET /board') return {}
  if (route === 'POST /reset') return reset()
  if (route !== 'POST /move') throw new HttpError(404, 'there are /move, /board and /reset')
  const move = await readJson(request)
  // Nothing may be awaited between these two: another request would come between them.
  check(move)
  return place(move)
}

function respond(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ...body, board: board.join('/') }))
}

const server = createServer(async (request, response) => {
  try {
    respond(response, 200, await answer(request))
  } catch (error) {
    // A client that has left in the middle of its request gets no answer.
    if (request.complete || !request.destroyed) respond(response, error.status ?? 500, { error: error.message })
  }
})

server.listen(Number(process.argv[2]), '127.0.0.1')
