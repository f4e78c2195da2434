// Tic-tac-toe for one pair of players: a board of bars and lines, prompts, and no end of a message. `node server.js`
//
// A request is a line with a cell, 1 to 9. Both players see every board; whose turn it is gets "Where? ". The port is 5050.
'use strict'
const net = require('node:net')

const longest = 64 // bytes of a request
const lines = ['012', '345', '678', '036', '147', '258', '048', '246'].map((line) => [...line].map(Number))
const players = []
const board = [1, 2, 3, 4, 5, 6, 7, 8, 9]
let turn = 0

const drawing = () => [0, 3, 6].map((cell) => ` ${board.slice(cell, cell + 3).join(' | ')}\n`).join('---+---+---\n')

function refusalOf(player, text) {
  if (players.length < 2) return 'wait for the other player'
  if (!/^[1-9]$/.test(text)) return 'say 1 to 9'
  if (player !== turn) return 'it is not your turn'
  return typeof board[text - 1] === 'string' ? 'it is taken' : null
}

function move(player, text) {
  const why = refusalOf(player, text)
  if (why !== null) return players[player].write(`Not there: ${why}\n`)
  const mark = 'XO'[player]
  board[text - 1] = mark
  turn = 1 - turn
  const isWon = lines.some((line) => line.every((cell) => board[cell] === mark))
  const isOver = isWon || board.every((cell) => typeof cell === 'string')
  const result = isWon ? `Player ${mark} wins\n` : isOver ? 'Nobody wins\n' : ''
  for (const [index, socket] of players.entries())
    socket.write(drawing() + result + (isOver ? '' : index === turn ? 'Where? ' : 'Wait\n'))
  if (isOver) for (const socket of players) socket.end()
}

function join(socket) {
  socket.on('error', () => {})
  if (players.length === 2) return socket.end('Not there: two play already\n')
  const player = players.push(socket) - 1
  let inbox = ''
  socket.setNoDelay(true)
  socket.write(`You play ${'XO'[player]}\n`)
  if (player === 1)
    for (const [index, each] of players.entries()) each.write(drawing() + (index === 0 ? 'Where? ' : 'Wait\n'))
  socket.on('data', (data) => {
    inbox += data.toString('latin1')
    const whole = inbox.split('\n')
    inbox = whole.pop()
    for (const text of whole) if (socket.writable) move(player, text.replace(/\r$/, ''))
    if (inbox.length <= longest) return
    inbox = ''
    socket.end('Not there: that is too long\n')
  })
}

net.createServer(join).listen(5050, 'localhost')
