/** Checks of a teacher's own: `oxo grade --checks examples/course-checks.ts homework.yaml` */
import type { OwnCheck } from 'oxo/grading'

const errorSaysWhy: OwnCheck = {
  id: 'error-says-why',
  title: 'An error says what is wrong',
  hint: 'Send a reason with each error, such as "not your turn" or "the cell is taken".',
  points: 3,
  async run({ newGame, fail, skip }) {
    const game = await newGame()
    await game.play(4)
    const refused = { 'a move out of turn': await game.move('X', 0), 'a move to a taken cell': await game.move('O', 4) }
    for (const [what, { kind, text }] of Object.entries(refused)) {
      if (kind !== 'error') skip(`${what} is no error, which another check says`)
      if (!/\w+ \w+/.test(text)) fail(`${what} was answered by ${JSON.stringify(text)}, which gives no reason`)
    }
    const [one, other] = Object.values(refused)
    if (one?.text === other?.text) fail('a move out of turn and a move to a taken cell have the same answer')
  },
}

const emptyRequest: OwnCheck = {
  id: 'empty-request',
  title: 'A client that sends an empty request stops nobody',
  hint: 'A request may have no words at all: answer it with an error, or close its connection, and serve the others.',
  points: 2,
  async run({ newGame, connect, random }) {
    const game = await newGame()
    const connection = await connect()
    connection.send('\n')
    await connection.receive(100)
    connection.close()
    // Fails the check if the move is not accepted.
    await game.play(random(9))
  },
}

export const checks = [errorSaysWhy, emptyRequest]
