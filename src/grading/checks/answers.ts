/** Each request is answered once. */
import { holdingClock, sleep } from '../../base/index.ts'
import { describeAnswer, shorten } from '../submission/answer.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { type GradingCheck, isRefused } from './check.ts'

/** Time in which a message too many would come, in ms. */
const quietMs = 60

/** What the server says at the beginning of a game, such as whose turn it is, answers no request. */
async function leaveBeginning(server: GradedServer, game: GradedGame): Promise<void> {
  await sleep(holdingClock, quietMs + server.codec.silenceMs)
  for (const connection of Object.values(game.players ?? {})) connection.drain()
}

/** Fails if a connection has got a message that no request explains. */
async function expectQuiet(server: GradedServer, game: GradedGame, what: string): Promise<void> {
  await sleep(holdingClock, quietMs + server.codec.silenceMs)
  for (const connection of new Set(Object.values(game.players ?? {}))) {
    // What a server prints for somebody at its keyboard is no message.
    if (connection.codec !== server.codec) continue
    const [extra] = connection.drain()
    if (extra !== undefined)
      throw server.explain(
        `${what}, one message too many came on connection ${connection.name}: ${shorten(extra.text)}`,
      )
    if (connection.unread.trim() !== '')
      throw server.explain(
        `${what}, ${connection.unread.length} bytes came that are no whole message: ${shorten(connection.unread)}`,
      )
  }
}

const oneAnswer: GradingCheck = {
  id: 'one-answer',
  group: 'answers',
  points: 6,
  title: 'Each request is answered once, and nothing else comes',
  hint: 'Every way through the code that handles a request must end in exactly one answer: look at errors, at the win and at the draw. If the answers have more messages by design, say so in `answers` and `others` of the description.',
  async run({ server }) {
    for (const cells of [
      [0, 3, 1, 4, 2],
      [0, 1, 2, 4, 3, 5, 7, 6, 8],
    ]) {
      const game = await server.newGame()
      await leaveBeginning(server, game)
      for (const cell of cells) {
        const { answer, expected } = await game.play(cell)
        if (answer.kind === 'none') throw server.explain(`${game.story}, the answer was ${describeAnswer(answer)}`)
        await expectQuiet(server, game, game.story)
        const count = server.description.answers[expected.answer]
        if (answer.kind === expected.answer && answer.messages.length < count)
          throw server.explain(`${game.story}, the answer had ${answer.messages.length} of ${count} messages`)
        // What the answer says is the matter of other checks.
        if (isRefused(answer)) break
        if (expected.answer !== 'move') continue
        const again = await game.move(expected.turn ?? 'X', cell)
        if (again.kind === 'none')
          throw server.explain(`${game.story}, a move to the taken cell was answered by ${describeAnswer(again)}`)
        await expectQuiet(server, game, `${game.story} and a move to the taken cell`)
        // A bad move that was accepted has changed the game.
        if (again.kind !== 'error') break
      }
    }
  },
}

export const answerChecks: readonly GradingCheck[] = [oneAnswer]
