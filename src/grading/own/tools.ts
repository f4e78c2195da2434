/** Makes a check of the grader of a teacher's check. */
import type { CheckContext, GradingCheck } from '../checks/check.ts'
import { isRefused } from '../checks/check.ts'
import { type Answer, describeAnswer } from '../submission/answer.ts'
import { answerMs } from '../submission/connection.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { CannotGrade, NotChecked, SubmissionMistake } from '../submission/mistake.ts'
import { freeCells } from '../submission/model.ts'
import type { CheckAnswer, CheckConnection, CheckGame, CheckTools, OwnCheck } from './contract.ts'

export const toGradingCheck = (check: OwnCheck): GradingCheck => ({
  id: check.id,
  group: 'own',
  points: check.points,
  title: check.title,
  hint: check.hint,
  disturbs: true,
  async run(context) {
    try {
      await check.run(makeTools(context))
    } catch (cause) {
      if (cause instanceof SubmissionMistake || cause instanceof NotChecked || cause instanceof CannotGrade) throw cause
      throw new NotChecked(`the check itself has a mistake: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  },
})

function makeTools({ server, random, isThorough }: CheckContext): CheckTools {
  let connections = 0
  return {
    isThorough,
    newGame: async () => wrapGame(server, await server.newGame()),
    async connect() {
      const connection = await server.open(`${++connections}`)
      return {
        send: (data) => connection.write(typeof data === 'string' ? new TextEncoder().encode(data) : data),
        receive: async (ms = answerMs) => (await connection.next(ms))?.text ?? null,
        close: () => connection.close(),
      } satisfies CheckConnection
    },
    random: (bound) => random.below(bound),
    fail(reason) {
      throw server.explain(reason)
    },
    skip(reason) {
      throw new NotChecked(reason)
    },
  }
}

function wrapGame(server: GradedServer, game: GradedGame): CheckGame {
  return {
    get board() {
      return game.position.board
    },
    get turn() {
      return game.position.turn
    },
    get story() {
      return game.story
    },
    async play(cell) {
      if (!freeCells(game.position.board).includes(cell) || game.position.turn === null)
        throw new RangeError(`play(${cell}) is no legal move ${game.story}: use move for a move that must be refused`)
      const before = game.story
      const { answer, what } = await game.play(cell)
      if (isRefused(answer))
        throw server.explain(`${before}, the legal move of ${what} was answered by ${describeAnswer(answer)}`)
      return wrapAnswer(answer)
    },
    move: async (player, cell) => wrapAnswer(await game.move(player, cell)),
    async show() {
      const answer = await game.board()
      return answer === null ? null : wrapAnswer(answer)
    },
  }
}

const wrapAnswer = ({ kind, winner, board, messages }: Answer): CheckAnswer => ({
  kind,
  winner: winner === 'unnamed' ? null : winner,
  board,
  text: messages.map(({ text }) => text).join('\n'),
})
