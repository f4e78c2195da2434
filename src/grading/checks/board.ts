/** The server keeps the board. */
import { holdingClock } from '../../base/index.ts'
import { describeAnswer } from '../submission/answer.ts'
import { SubmissionMistake } from '../submission/mistake.ts'
import { beginning, markCell } from '../submission/model.ts'
import {
  checkBoard,
  type GradingCheck,
  isRefused,
  notChecked,
  playAll,
  playUntilRefused,
  randomGame,
  wrongBoard,
} from './check.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'

const games = 200
/** Where a game costs a start of the server, or each message a silence, fewer games must be enough. */
const costlyGames = 12
const silenceBudgetMs = 8_000
const messagesPerGame = 8

/** How many games are played by a check that would play `wanted`. */
export function affordable({ description, codec }: GradedServer, wanted: number): number {
  if (description.newGame === 'restart') return Math.min(wanted, costlyGames)
  if (codec.silenceMs === 0) return wanted
  return Math.max(1, Math.min(wanted, Math.floor(silenceBudgetMs / (messagesPerGame * codec.silenceMs))))
}

/** The time for many games, in ms, and how many are played even if they take longer. */
const gamesMs = 12_000
const gamesMin = 3

/** Counts games from 0: `wanted`, or fewer where they cost much or the server answers slowly. */
export function* eachGame(server: GradedServer, wanted: number): Generator<number> {
  const end = holdingClock.now() + gamesMs
  const most = affordable(server, wanted)
  for (let count = 0; count < most && (count < gamesMin || holdingClock.now() < end); count++) yield count
}

const afterEachMove: GradingCheck = {
  id: 'board-after-each-move',
  group: 'board',
  points: 10,
  title: 'The board is right after every move of many random games',
  hint: 'Compare how you store a mark with how you write the board: rows and columns swapped, a row that is shared by all rows ([[" "] * 3] * 3), or a board that is written before the move is made.',
  async run({ server, random }) {
    for (const _ of eachGame(server, games)) {
      const game = await server.newGame()
      for (const cell of randomGame(random, markCell, beginning)) {
        const before = game.story
        const { answer, expected, what } = await game.play(cell)
        if (isRefused(answer))
          throw server.explain(`${before}, the legal move of ${what} was answered by ${describeAnswer(answer)}`)
        // Who has won is the matter of other checks.
        if (expected.answer !== 'move' || answer.kind !== 'move') {
          checkBoard(game, answer, expected.board)
          break
        }
        const shown = answer.board === null && answer.badBoard === undefined ? ((await game.board()) ?? answer) : answer
        if (shown.board === null && shown.badBoard === undefined)
          throw server.explain(`${game.story}, no answer showed the board`)
        checkBoard(game, shown, expected.board)
      }
    }
  },
}

const seenByOthers: GradingCheck = {
  id: 'moves-seen-by-others',
  group: 'board',
  points: 4,
  title: 'A move of one client is seen by the others',
  hint: 'There is one board for all clients. A board that belongs to a connection, or a copy that is made for each client, shows each of them another game.',
  async run({ server }) {
    const { description } = server
    const game = await server.newGame()
    if (description.connect === 'player') {
      const { answer, expected } = await game.play(1)
      if (isRefused(answer)) throw server.explain(`the first move was answered by ${describeAnswer(answer)}`)
      if (description.others.move > 0 && answer.seen.length < description.others.move)
        throw server.explain(
          `after X's move, O's connection got ${answer.seen.length} of ${description.others.move} messages`,
        )
      for (const { board } of answer.seen)
        if (board !== null && board !== expected.board) throw wrongBoard(game, board, expected.board)
      const reply = await game.play(0)
      if (isRefused(reply.answer))
        throw server.explain(`${game.story}: O's answer to X's move was answered by ${describeAnswer(reply.answer)}`)
      checkBoard(game, reply.answer, reply.expected.board)
      return
    }
    await playAll(server, game, [1])
    const second = await server.open('second')
    const shown = await game.board(second)
    if (shown !== null) {
      if (shown.board === null)
        throw server.explain(`a second connection asked for the board and got ${describeAnswer(shown)}`)
      checkBoard(game, shown, game.position.board)
      second.close()
      return
    }
    const bytes = await server.codec.encode(game.requestOf('O', 0))
    if (bytes === null) notChecked('the protocol cannot express it')
    second.write(bytes)
    const answer = await game.read(second, 'move')
    second.close()
    game.note(0)
    if (isRefused(answer))
      throw server.explain(
        `after X moved on one connection, O's move on another was answered by ${describeAnswer(answer)}`,
      )
    checkBoard(game, answer, game.position.board)
  },
}

/** How a game began, for a reader. */
function beginningAfter({ description }: GradedServer, { story, position }: GradedGame): string {
  const left = position.turn === null ? 'they ended and the players left' : 'they left an unfinished game'
  return description.newGame === 'reconnect'
    ? `two players played (${story}), ${left}; two others connected`
    : `in a game that followed one (${story})`
}

const newGameIsEmpty: GradingCheck = {
  id: 'new-game-is-empty',
  group: 'board',
  points: 3,
  title: 'A new game begins with an empty board and X',
  hint: 'A new game needs all of its state from the beginning: the cells, whose turn it is, the number of moves, and whether the game is over.',
  async run({ server }) {
    if (server.description.newGame === 'restart') notChecked('a new game is a new process')
    for (const cells of [[4], [4, 0], [0, 3, 1, 4, 2], [0, 1, 2, 4, 3, 5, 7, 6, 8]]) {
      const old = await server.newGame()
      await playUntilRefused(old, cells)
      const game = await server.newGame({ isClean: false }).catch((cause: unknown) => {
        if (!(cause instanceof SubmissionMistake)) throw cause
        throw new SubmissionMistake(`${beginningAfter(server, old)}; then ${cause.message}`)
      })
      const shown = await game.board()
      if (shown !== null && shown.board !== null && shown.board !== beginning.board)
        throw new SubmissionMistake(
          `${beginningAfter(server, old)}: ${wrongBoard(game, shown.board, beginning.board).message}`,
        )
      const { answer, expected } = await game.play(8)
      if (isRefused(answer))
        throw server.explain(
          `${beginningAfter(server, old)}, the first move of X was answered by ${describeAnswer(answer)}`,
        )
      checkBoard(game, answer, expected.board)
    }
    server.survivesLeaving = true
  },
}

const doNotMix: GradingCheck = {
  id: 'games-do-not-mix',
  group: 'board',
  points: 3,
  title: 'Two games at the same time do not mix',
  hint: 'Each game needs its own board and its own turn: look for state outside of the object that is one game.',
  async run({ server }) {
    if (server.description.newGame !== 'id' && server.description.newGame !== 'reconnect')
      notChecked('the server has one game')
    if (server.description.newGame === 'reconnect' && !(await server.playsSeveral()))
      notChecked('the server plays one game at a time')
    const first = await server.newGame()
    server.keepPair()
    const second = await server.newGame()
    for (const [game, cell] of [
      [first, 4],
      [second, 0],
      [second, 4],
      [first, 0],
      [first, 8],
      [second, 8],
    ] as const) {
      const { answer, expected, what } = await game.play(cell)
      if (isRefused(answer))
        throw server.explain(`two games at once: ${what} was answered by ${describeAnswer(answer)}`)
      checkBoard(game, answer, expected.board)
    }
    for (const connection of Object.values(first.players ?? {}))
      if (server.description.newGame === 'reconnect') connection.close()
  },
}

export const boardChecks: readonly GradingCheck[] = [afterEachMove, seenByOthers, newGameIsEmpty, doNotMix]
