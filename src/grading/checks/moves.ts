/** The server checks each move, and a refused move changes nothing. */
import { holdingClock, sleep } from '../../base/index.ts'
import { opponent, type Player } from '../../game/index.ts'
import { describeAnswer, shorten } from '../submission/answer.ts'
import { answerMs } from '../submission/connection.ts'
import { beginning } from '../submission/model.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import { placeholders } from '../wire/fields.ts'
import type { SubmissionRequest } from '../wire/codec.ts'
import type { Description } from '../description/description.ts'
import {
  type CheckContext,
  expectError,
  expectUnchanged,
  type GradingCheck,
  notChecked,
  playAll,
  playUntilRefused,
  showBoard,
} from './check.ts'

interface BadMove {
  readonly id: string
  readonly title: string
  readonly hint: string
  /** Moves before the bad one. */
  readonly cells: readonly number[]
  /** Whether the bad move is one of the player whose turn it is not. */
  readonly isOutOfTurn?: boolean
  /** The bad request; null if the description cannot express it. */
  readonly make: (game: GradedGame, description: Description) => readonly SubmissionRequest[] | null
  /** What is asked for, for a reader. */
  readonly what: string
}

const usesCell = ({ protocol }: Description): boolean =>
  protocol.type === 'patterns' &&
  placeholders(JSON.stringify(protocol.send.move)).some((name) => name.startsWith('cell'))
const namesPlayer = ({ protocol }: Description): boolean =>
  protocol.type === 'adapter' || placeholders(JSON.stringify(protocol.send.move)).includes('player')

/** A move of the player whose turn it is, with other values. */
function moved(game: GradedGame, ...changes: readonly Partial<SubmissionRequest>[]): readonly SubmissionRequest[] {
  return changes.map((change) => game.requestOf(movingIn(game), 5, change))
}

const movingIn = ({ position }: GradedGame): Player => position.turn ?? 'X'
const waitingIn = (game: GradedGame): Player => opponent(movingIn(game))

const badMoves: readonly BadMove[] = [
  {
    id: 'wrong-turn',
    title: 'A move of the player whose turn it is not is an error',
    hint: 'Remember whose turn it is, compare it with the player of the move, and change it only after a move that was accepted. A server that waits for one player at a time hears the other one too late: wait for both at once (select, poll).',
    cells: [4],
    isOutOfTurn: true,
    make: (game) => [game.requestOf(waitingIn(game), 0), game.requestOf(waitingIn(game), 2)],
    what: 'a second move of the same player',
  },
  {
    id: 'taken-cell',
    title: 'A move to a taken cell is an error, whichever player has it',
    hint: 'Look whether the cell is empty before you write the mark into it.',
    cells: [4, 0],
    make: (game) => [game.requestOf(movingIn(game), 0), game.requestOf(movingIn(game), 4)],
    what: 'a move to a taken cell',
  },
  {
    id: 'off-right',
    title: 'A column right of the board is an error',
    hint: 'Columns are at most the last one: 0 <= column < 3.',
    cells: [4],
    make: (game, description) =>
      usesCell(description) ? null : moved(game, { row: 1, col: 3 }, { row: 0, col: 3 }, { row: 2, col: 4 }),
    what: 'a move to a column right of the board',
  },
  {
    id: 'off-below',
    title: 'A row below the board is an error',
    hint: 'Rows are at most the last one: 0 <= row < 3.',
    cells: [4],
    make: (game) => moved(game, { row: 3, col: 0 }, { row: 3, col: 1 }),
    what: 'a move to a row below the board',
  },
  {
    id: 'negative-column',
    title: 'A negative column is an error',
    hint: 'In Python, and wherever an index counts from the end, -1 is the last cell: compare with 0 before you use the number.',
    cells: [4],
    make: (game, description) =>
      usesCell(description)
        ? moved(game, { row: 0, col: -1 })
        : moved(game, { row: 0, col: -1 }, { row: 2, col: -2 }, { row: 2, col: -1 }),
    what: 'a move to a negative column',
  },
  {
    id: 'negative-row',
    title: 'A negative row is an error',
    hint: 'In Python, and wherever an index counts from the end, -1 is the last row: compare with 0 before you use the number.',
    cells: [4],
    make: (game) => moved(game, { row: -1, col: 0 }, { row: -1, col: 2 }),
    what: 'a move to a negative row',
  },
  {
    id: 'huge-number',
    title: 'A huge number is an error',
    hint: 'A number may have any length: it must neither overflow into a valid one nor end the server.',
    cells: [4],
    make: (game, description) => {
      const huge = ['4294967296', '18446744073709551616', '99999999999999999999']
      return usesCell(description)
        ? moved(game, ...huge.map((cell) => ({ cell })))
        : moved(game, ...huge.map((row) => ({ row, col: row })))
    },
    what: 'a huge number',
  },
  {
    id: 'fraction',
    title: 'A fraction is an error',
    hint: 'A place is a whole number. Do not round what is none.',
    cells: [4],
    make: (game, description) =>
      usesCell(description) ? moved(game, { cell: 1.5 }) : moved(game, { row: 0.5, col: 1 }, { row: 0, col: 1.5 }),
    what: 'a fraction as a place',
  },
  {
    id: 'not-a-number',
    title: 'A word instead of a number is an error',
    hint: 'Turning text into a number can fail: catch that and answer with an error. The server must continue.',
    cells: [4],
    make: (game, description) =>
      usesCell(description)
        ? moved(game, { cell: 'abc' }, { cell: '' })
        : moved(game, { row: 'abc', col: 0 }, { row: 0, col: 'x' }),
    what: 'a word as a place',
  },
  {
    id: 'missing-field',
    title: 'A move with a part missing is an error',
    hint: 'Count the parts before you use them: an index out of range must not end the server.',
    cells: [4],
    make: (game) => moved(game, { twist: 'missing-field' }),
    what: 'a move without its last part',
  },
  {
    id: 'extra-field',
    title: 'A move with a part too many is an error',
    hint: 'Count the parts: what is left over is a mistake of the client, which should hear so.',
    cells: [4],
    make: (game) => moved(game, { twist: 'extra-field' }),
    what: 'a move with one number too many',
  },
  {
    id: 'unknown-player',
    title: 'A player who does not exist is an error',
    hint: 'There are two players. Compare the name with both instead of taking everything else for the second.',
    cells: [4],
    make: (game, description) => (namesPlayer(description) ? [game.requestOf('nobody', 0)] : null),
    what: 'a move of a player who does not exist',
  },
]

function makeCheck({ id, title, hint, ...bad }: BadMove): GradingCheck {
  return {
    id,
    group: 'moves',
    points: 2,
    title,
    hint,
    run: (context) => checkBadMoves(context, bad),
  }
}

async function checkBadMoves(
  { server }: CheckContext,
  { cells, isOutOfTurn = false, make, what }: Omit<BadMove, 'id' | 'title' | 'hint'>,
): Promise<void> {
  const game = await server.newGame()
  await playAll(server, game, cells)
  // A bad move is one of a player who is connected: one more move makes it that player's turn.
  const { keyboard } = server.description
  if (keyboard?.player === (isOutOfTurn ? waitingIn(game) : movingIn(game))) await playAll(server, game, [8])
  const before = await showBoard(server, game)
  const requests = make(game, server.description)
  if (requests === null) notChecked('the protocol cannot express it')
  let sent = 0
  for (const request of requests) {
    const bytes = await server.codec.encode(request)
    if (bytes === null) continue
    sent++
    const answer = await game.move(request.player, 0, request)
    expectError(server, `${game.story}, ${what}${placeOf(request)}`, answer)
  }
  if (sent === 0) notChecked('the protocol cannot express it')
  await expectUnchanged(server, game, before)
}

const placeOf = ({ row, col, cell, twist }: SubmissionRequest): string =>
  twist !== undefined
    ? ''
    : cell === undefined
      ? ` (row ${row}, column ${col}, where 0 is the first)`
      : ` (cell ${cell})`

const beforeJoined: GradingCheck = {
  id: 'before-joined',
  group: 'moves',
  points: 2,
  title: 'A move before both players are there is an error',
  hint: 'The game begins when both players have connected. Read what the first one sends meanwhile, and answer it.',
  disturbs: true,
  async run({ server }) {
    const { description } = server
    if (description.connect !== 'player') notChecked('players do not join')
    if (description.keyboard !== null) notChecked('one player is at the keyboard of the server')
    if (!server.isOwn) notChecked('a new server is needed')
    if (description.join.X[0] !== undefined && 'expect' in description.join.X[0])
      notChecked('the server tells the first player to wait')
    await server.stop()
    const first = await server.open('X', 'X')
    const fields = server.fieldsOf(first.self ?? 'X', 'early')
    await server.runSteps(first, description.join[first.self ?? 'X'], fields)
    const bytes = await server.codec.encode({
      ...fields,
      kind: 'move',
      row: 1,
      col: 1,
      board: beginning.board,
    })
    if (bytes === null) notChecked('the protocol cannot express it')
    first.drain()
    first.write(bytes)
    const message = await first.next(answerMs)
    if (message === null || !message.error)
      throw server.explain(
        `a move of the first player, before the second one connected, was answered by ${message === null ? 'nothing within 2 s' : shorten(message.text)}, not by an error`,
      )
    const second = await server.open('O', 'O')
    await server.runSteps(second, description.join[second.self ?? 'O'], { ...fields, player: second.self ?? 'O' })
    await sleep(holdingClock, 50)
    first.drain()
    first.write(bytes)
    const again = await first.next(answerMs)
    if (again === null || again.error)
      throw server.explain(
        `after the second player had connected, the same move was answered by ${again === null ? 'nothing within 2 s' : shorten(again.text)}: the one that was refused has changed the game`,
      )
  },
}

const afterEnd: GradingCheck = {
  id: 'after-end',
  group: 'moves',
  points: 2,
  title: 'A move after the end of the game is an error',
  hint: 'Remember that the game is over, after a win and after a draw, and look at it before everything else.',
  async run({ server }) {
    if (server.description.afterEnd !== 'stays')
      notChecked(
        server.description.afterEnd === 'new'
          ? 'the server begins a new game by itself'
          : 'the server closes the connections',
      )
    for (const [cells, player, cell] of [
      [[0, 3, 1, 4, 2], 'O', 8],
      [[0, 3, 1, 4, 8, 5], 'X', 2],
    ] as const) {
      if (server.description.keyboard?.player === player) continue
      const game = await server.newGame()
      const last = await playUntilRefused(game, cells)
      // A win that was not found is the matter of other checks.
      if (last?.answer.kind !== 'win') notChecked('the server did not find the win before it')
      const before = await showBoard(server, game)
      const answer = await game.move(player, cell)
      if (answer.kind !== 'error')
        throw server.explain(
          `after ${player === 'O' ? 'X' : 'O'} had won, a move of ${player} was answered by ${describeAnswer(answer)}, not by an error`,
        )
      await expectUnchanged(server, game, before)
    }
  },
}

export const moveChecks: readonly GradingCheck[] = [...badMoves.map(makeCheck), beforeJoined, afterEnd]
