/** A game without a server: both sides play perfectly. `npx node examples/rules.ts` */
import { bestMoves, type Command, decide, evolve, type Game, presets } from 'oxo/game'

const rules = presets.tictactoe
const players = { X: { id: 'ann', name: 'Ann' }, O: { id: 'bob', name: 'Bob' } }

function play(game: Game | null, command: Command): Game {
  const decision = decide(game, command)
  if (decision.type !== 'event') throw new Error(`${command.type} is ${decision.type}`)
  return evolve(game, decision.event)
}

let game = play(null, { type: 'create', rules, seats: 'invite', public: false, players })
while (game.turn !== null) {
  const [{ cell } = { cell: 0 }] = bestMoves({ rules, board: game.board, turn: game.turn })
  game = play(game, { type: 'move', by: players[game.turn].id, x: cell % 3, y: Math.floor(cell / 3) })
}
console.log(game.board.replace(/.{3}/g, '$&\n'), game.outcome)
