/** Moves at the same time: one is accepted, and all answers together are explained by one order. */
import { holdingClock, type Random } from '../../base/index.ts'
import { opponent, type Player, put } from '../../game/index.ts'
import { checkLinearizable, type Model, type Operation } from '../../testing/linearizability.ts'
import { type Answer, describeAnswer } from '../submission/answer.ts'
import type { SubmissionConnection } from '../submission/connection.ts'
import type { GradedGame } from '../submission/graded-game.ts'
import type { GradedServer } from '../submission/graded-server.ts'
import { SubmissionMistake } from '../submission/mistake.ts'
import { beginning, describeCell } from '../submission/model.ts'
import { eachGame } from './board.ts'
import { type GradingCheck, notChecked } from './check.ts'

const races = 100

/** A client that may move at the same time as others. */
interface Racer {
  readonly connection: SubmissionConnection
  /** Its moves are those of this player. */
  readonly player: Player
}

/** Two clients: both players of a game, or two connections of X where anybody may move for X. */
async function makeRacers(server: GradedServer, game: GradedGame): Promise<readonly [Racer, Racer]> {
  const { players } = game
  const { keyboard, answers, others } = server.description
  if (keyboard !== null) notChecked('one player is at the keyboard of the server')
  if (answers.move === 0) notChecked('the server does not answer who has moved')
  if (server.codec.silenceMs > 0 && others.move > 0)
    notChecked('its answers have no end, so they cannot be told from the news about the other player')
  if (players !== null && players.X !== players.O)
    return [
      { connection: players.X, player: 'X' },
      { connection: players.O, player: 'O' },
    ]
  return [
    { connection: players?.X ?? (await server.open('first', 'X')), player: 'X' },
    { connection: await server.open('second', 'X'), player: 'X' },
  ]
}

async function requestOf(server: GradedServer, game: GradedGame, player: Player, cell: number): Promise<Uint8Array> {
  return (await server.codec.encode(game.requestOf(player, cell))) ?? notChecked('the protocol cannot express it')
}

const sameMove: GradingCheck = {
  id: 'same-move-race',
  group: 'races',
  points: 4,
  title: `Two clients send the same move at the same time, ${races} times: exactly one is accepted`,
  hint: 'Checking a move and making it must be one step. In one thread that is so by itself; with threads it needs a lock around both.',
  disturbs: true,
  async run({ server }) {
    for (const count of eachGame(server, races)) {
      const game = await server.newGame()
      const racers = await makeRacers(server, game)
      const requests = await Promise.all(racers.map(({ player }) => requestOf(server, game, player, count % 9)))
      for (const { connection } of racers) connection.drain()
      racers.forEach(({ connection }, index) => connection.write(requests[index] ?? new Uint8Array()))
      const answers = await Promise.all(racers.map(({ connection }) => readOwn(server, game, connection)))
      const accepted = answers.filter(({ kind }) => kind === 'move').length
      if (accepted !== 1 || answers.some(({ kind }) => kind !== 'move' && kind !== 'error'))
        throw server.explain(
          `two clients moved to ${describeCell(count % 9)} at the same time, and the answers were ${answers.map(describeAnswer).join(' and ')}: exactly one must be accepted`,
        )
      for (const { connection } of racers.slice(1))
        if (game.players === null || game.players.X === game.players.O) connection.close()
    }
  },
}

/** Reads the answer to a client's own request; what it gets because of the other player is told apart by the board. */
async function readOwn(server: GradedServer, game: GradedGame, connection: SubmissionConnection): Promise<Answer> {
  const answer = await game.read(connection, 'error')
  const { move: news } = server.description.others
  if (connection !== game.players?.O || game.players.X === connection || news === 0) return answer
  if (answer.kind === 'move') return game.read(connection, 'error')
  await game.readNews(connection, news)
  return answer
}

interface RacedMove {
  readonly player: Player
  readonly cell: number
}
/** `marks`: the number of marks on the board in the answer; null if it has none. */
interface RacedAnswer {
  readonly kind: Answer['kind']
  readonly marks: number | null
}
interface RacedPosition {
  readonly board: string
  /** Null once the server has said that the game is over: whether it is right is the matter of other checks. */
  readonly turn: Player | null
}

/** Equal states are identical objects, as the checker wants them. */
function makeRaceModel(): Model<RacedPosition, RacedMove, RacedAnswer> {
  const known = new Map<string, RacedPosition>()
  const intern = (position: RacedPosition): RacedPosition => {
    const key = `${position.board} ${position.turn}`
    const same = known.get(key) ?? position
    known.set(key, same)
    return same
  }
  return {
    initial: intern(beginning),
    isRead: (_, { kind }) => kind === 'error',
    step(state, { player, cell }, output) {
      const isLegal = state.turn === player && state.board[cell] === '.'
      if (!isLegal) return output === undefined || output.kind === 'error' ? [state] : []
      const board = put(state.board, cell, player)
      const marks = board.replaceAll('.', '').length
      if (output !== undefined && (output.kind === 'error' || (output.marks ?? marks) !== marks)) return []
      const isOver = output !== undefined && output.kind !== 'move'
      return [intern({ board, turn: isOver ? null : opponent(player) })]
    },
  }
}

const rounds = 20
const movesEach = 12

const concurrentPlay: GradingCheck = {
  id: 'concurrent-play',
  group: 'races',
  points: 4,
  title: 'Random moves of several clients at once are explained by one order',
  hint: 'There must be one order of all moves, and each answer must show the board right after its own move: answer before the next request is handled.',
  disturbs: true,
  async run({ server, random }) {
    if (server.description.connect === 'player' && server.description.others.move > 0)
      notChecked('the answers of a player cannot be told from the news about the other one')
    for (const _ of eachGame(server, rounds)) await playConcurrently(server, random)
  },
}

async function playConcurrently(server: GradedServer, random: Random): Promise<void> {
  const game = await server.newGame()
  const racers = await makeRacers(server, game)
  const isBound = game.players !== null && game.players.X !== game.players.O
  const plans = racers.map(({ player }) =>
    Array.from({ length: movesEach }, () => ({
      player: isBound ? player : ((['X', 'O'] as const)[random.below(2)] ?? 'X'),
      cell: random.below(9),
    })),
  )
  for (const { connection } of racers) connection.drain()
  const history = (
    await Promise.all(racers.map(({ connection }, index) => moveOn(server, game, connection, plans[index] ?? [])))
  ).flat()
  for (const { connection } of racers.slice(1)) if (!isBound) connection.close()
  const verdict = checkLinearizable(makeRaceModel(), history)
  if (verdict.type !== 'violated') return
  const [stuck] = verdict.stuck
  const tail =
    stuck === undefined
      ? ''
      : `; ${stuck.input.player} at ${describeCell(stuck.input.cell)} was ${stuck.output?.kind === 'error' ? 'refused' : 'accepted'}, which no order explains`
  throw new SubmissionMistake(
    `${history.length} moves of two clients at once have no order that explains all answers: ${verdict.order.length} fit${tail}`,
  )
}

async function moveOn(
  server: GradedServer,
  game: GradedGame,
  connection: SubmissionConnection,
  plan: readonly RacedMove[],
): Promise<readonly Operation<RacedMove, RacedAnswer>[]> {
  const done: Operation<RacedMove, RacedAnswer>[] = []
  for (const input of plan) {
    const bytes = await requestOf(server, game, input.player, input.cell)
    const isOnce = server.description.connect === 'move'
    const own = isOnce ? await server.open('once', input.player) : connection
    const invoked = holdingClock.now()
    own.write(bytes)
    const answer = await game.read(own, 'error')
    if (isOnce) own.close()
    if (answer.kind === 'none' || answer.kind === 'unclear')
      throw server.explain(`a move during concurrent play was answered by ${describeAnswer(answer)}`)
    done.push({
      input,
      output: { kind: answer.kind, marks: answer.board?.replaceAll('.', '').length ?? null },
      invoked,
      returned: holdingClock.now(),
    })
    // A server that begins a new game by itself, or closes, cannot be followed beyond the end.
    if (answer.kind === 'win' || answer.kind === 'draw') break
  }
  return done
}

export const raceChecks: readonly GradingCheck[] = [sameMove, concurrentPlay]
