/**
 * Tic-tac-toe over TCP, any number of games by their ids: `node server.mjs PORT`
 *
 * A message is a JSON object; nothing stands between two of them. Requests:
 *   {"type":"join","game":"g1","player":"X"}   {"type":"move","game":"g1","player":"X","x":0,"y":2}   {"type":"show","game":"g1"}
 * Answers: {"type":"board"|"win"|"draw","game":"g1","board":["X",null,...],"winner":"X"} or {"type":"error","reason":"..."}.
 * A move is also sent to the other player of the game.
 */
import { createServer } from 'node:net'

const LONGEST = 4096 // bytes of a request
const MOST_UNSENT = 65_536 // bytes for a client that does not read

const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]

/** By id. A game ends when one of its players has left. */
const games = new Map()

function refuse(reason) {
  throw new Error(reason)
}

function join({ game: id, player }, socket) {
  if (typeof id !== 'string' || id === '') refuse('a game has a name')
  if (player !== 'X' && player !== 'O') refuse('the players are X and O')
  const game = games.get(id) ?? { id, board: Array(9).fill(null), turn: 'X', over: false, sockets: {} }
  if (game.sockets[player] !== undefined) refuse('this player has joined already')
  game.sockets[player] = socket
  games.set(id, game)
  return { type: 'board', game: id, board: game.board }
}

function move(request, socket) {
  const { game: id, player, x, y } = request
  if (Object.keys(request).length !== 5) refuse('a move has a type, game, player, x and y')
  const game = games.get(id) ?? refuse('there is no such game')
  if (player !== 'X' && player !== 'O') refuse('the players are X and O')
  if (game.sockets.X === undefined || game.sockets.O === undefined) refuse('wait for the other player')
  if (game.sockets[player] !== socket) refuse('you are not this player')
  if (game.over) refuse('the game is over')
  if (player !== game.turn) refuse('it is not your turn')
  if (!Number.isInteger(x) || !Number.isInteger(y)) refuse('x and y are whole numbers')
  if (x < 0 || x > 2 || y < 0 || y > 2) refuse('that is off the board')
  const cell = y * 3 + x
  if (game.board[cell] !== null) refuse('the cell is taken')
  game.board[cell] = player
  game.turn = player === 'X' ? 'O' : 'X'
  const result = describe(game, player)
  game.over = result.type !== 'board'
  send(game.sockets[game.turn], result)
  return result
}

function describe({ id, board }, player) {
  const state = { game: id, board }
  if (LINES.some((line) => line.every((cell) => board[cell] === player)))
    return { type: 'win', winner: player, ...state }
  if (!board.includes(null)) return { type: 'draw', ...state }
  return { type: 'board', ...state }
}

function show({ game: id }) {
  const game = games.get(id) ?? refuse('there is no such game')
  return { type: 'board', game: id, board: game.board }
}

const handlers = new Map(Object.entries({ join, move, show }))

function answer(bytes, socket) {
  try {
    const request = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const handler = handlers.get(request.type) ?? refuse('the types are join, move and show')
    return handler(request, socket)
  } catch (error) {
    return { type: 'error', reason: error.message }
  }
}

function send(socket, message) {
  if (socket.destroyed) return
  if (socket.writableLength > MOST_UNSENT) socket.destroy()
  else socket.write(JSON.stringify(message))
}

/** Returns the index after the first object, 0 if its end has not come yet, or -1 if it is no object. */
function findEnd(bytes) {
  let depth = 0
  let inText = false
  for (let i = 0; i < bytes.length; i++) {
    const char = String.fromCharCode(bytes[i])
    if (inText && char === '\\') i++
    else if (char === '"') inText = !inText
    else if (inText) continue
    else if (char === '{') depth++
    else if (char === '}') depth--
    else if (depth === 0 && !/\s/.test(char)) return -1
    if (depth < 0) return -1
    if (depth === 0 && char === '}') return i + 1
  }
  return 0
}

function leave(socket) {
  for (const [id, game] of games) if (Object.values(game.sockets).includes(socket)) games.delete(id)
}

// Without a delay: a move of the other player often follows an answer at once.
const server = createServer({ noDelay: true }, (socket) => {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    let end = findEnd(received)
    while (end > 0) {
      send(socket, answer(received.subarray(0, end), socket))
      received = received.subarray(end)
      end = findEnd(received)
    }
    if (end === 0 && received.length <= LONGEST) return
    // Nobody knows where the next message would begin.
    received = Buffer.alloc(0)
    socket.removeAllListeners('data')
    socket.resume()
    socket.end(JSON.stringify({ type: 'error', reason: 'that is not a JSON object, or it is too long' }))
  })
  socket.on('close', () => leave(socket))
  socket.on('error', () => socket.destroy())
})

server.listen(Number(process.argv[2]), '127.0.0.1')
