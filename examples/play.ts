/** A whole game against the server's bot. `npx node examples/play.ts [URL]` */
import { connect } from 'oxo'

const [url = 'ws://localhost:1952'] = process.argv.slice(2)
const client = connect(url)
const game = await client.create({ opponent: { bot: 'casual' } })
for await (const { board, outcome } of game) {
  console.log(board.replace(/.{3}/g, '$&\n'))
  if (outcome) break
  const cell = board.indexOf('.')
  if (game.myTurn) await game.move(cell % 3, Math.floor(cell / 3))
}
console.log(game.view.outcome)
client.close()
