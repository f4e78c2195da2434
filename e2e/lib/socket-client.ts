/** A client on the SDK that plays a whole game, for `oxo conform --client`: `socket-client.ts URL GAME [once]`. `once`: a planted bug. */
import process from 'node:process'
import { connect } from 'oxo'

const [url = '', id = '', bug] = process.argv.slice(2)
const client = connect(url, { name: 'Checked client' })
client.onState(({ state }) => {
  if (bug === 'once' && state === 'waiting') process.exit(7)
})
const game = await client.join(id)
for await (const { board, outcome } of game) {
  process.stdout.write(`${board.replaceAll(/.{3}/g, '$&\n')}\n`)
  if (outcome !== null) break
  // After `stale` it decides again.
  while (game.myTurn) {
    const cell = game.view.board.indexOf('.')
    await game.move(cell % 3, Math.floor(cell / 3)).catch(() => {})
  }
}
client.close()
