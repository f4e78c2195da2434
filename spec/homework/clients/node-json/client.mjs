/**
 * A client of tic-tac-toe with JSON objects, with nothing between two of them: `node client.mjs HOST PORT GAME PLAYER`
 *
 * The server sends the other player's moves when they happen, so the client listens to the keyboard and to the server at
 * the same time. A move is a column and a row, such as B3.
 */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const LONGEST = 4096 // bytes of a message
const [host, port, game, player] = process.argv.slice(2)

function leave(text) {
  if (text !== '') console.log(text)
  process.exit(text === '' ? 0 : 1)
}

const socket = connect(Number(port), host)
const send = (message) => socket.write(JSON.stringify(message))
let received = ''

socket.setEncoding('utf8')
socket.on('connect', () => send({ type: 'join', game, player }))
socket.on('error', (error) => leave(`The server cannot be reached: ${error.message}`))
socket.on('close', () => leave('The server has closed the connection.'))
socket.on('data', (text) => {
  received += text
  let end = findEnd(received)
  while (end > 0) {
    show(received.slice(0, end))
    received = received.slice(end)
    end = findEnd(received)
  }
  if (received.length > LONGEST) leave('The server sent a message that is too long.')
})

/** Returns the index after the first object; 0 if its end has not come yet. */
function findEnd(text) {
  let depth = 0
  let inText = false
  for (let i = 0; i < text.length; i++) {
    if (inText && text[i] === '\\') i++
    else if (text[i] === '"') inText = !inText
    else if (inText) continue
    else if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i + 1
  }
  return 0
}

function show(text) {
  const message = parse(text)
  if (message.type === 'error') {
    console.log(`✘ ${message.reason}`)
    return
  }
  if (!['board', 'win', 'draw'].includes(message.type) || !Array.isArray(message.board)) {
    console.log(`The server sent a message that nobody understands.`)
    return
  }
  const cells = message.board.map((cell) => cell ?? '·')
  console.log(
    `  A B C\n1 ${cells.slice(0, 3).join(' ')}\n2 ${cells.slice(3, 6).join(' ')}\n3 ${cells.slice(6).join(' ')}`,
  )
  if (message.type === 'win') console.log(message.winner === player ? 'You win!' : 'You lose.')
  if (message.type === 'draw') console.log('Draw.')
  if (message.type !== 'board') leave('')
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const keyboard = createInterface({ input: process.stdin })
keyboard.on('line', (line) => {
  const match = /^\s*([ABC])([123])\s*$/i.exec(line)
  if (match === null) console.log('Type a column and a row, such as B3.')
  else send({ type: 'move', game, player, x: 'ABC'.indexOf(match[1].toUpperCase()), y: Number(match[2]) - 1 })
})
keyboard.on('close', () => leave(''))
