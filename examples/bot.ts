/** A bot that joins a waiting player, or waits for one, and plays one game. `npx node examples/bot.ts [URL]` */
import { connect } from 'oxo'

const [url = 'ws://localhost:1952'] = process.argv.slice(2)
using oxo = connect(url, { name: 'eager' })
const game = await oxo.play()

for await (const { board, rules, outcome } of game) {
  if (outcome !== null) {
    console.log(outcome.winner === null ? 'draw' : outcome.winner === game.myPlayer ? 'won' : 'lost')
    break
  }
  if (!game.myTurn) continue
  const free = Array.from(board, (_, cell) => cell).filter((cell) => board[cell] === '.')
  const cell = free[Math.floor(Math.random() * free.length)] ?? 0
  await game.move(cell % rules.width, Math.floor(cell / rules.width))
}
