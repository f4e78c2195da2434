/** One game on the server that is graded: sends moves, reads the answers, and knows how it should be. */
import { holdingClock } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import type { Description } from '../description/description.ts'
import type { Codec, SubmissionRequest } from '../wire/codec.ts'
import type { RequestFields } from '../wire/fields.ts'
import type { Meaning } from '../wire/meaning.ts'
import { type Answer, kindOf, combineAnswer } from './answer.ts'
import { answerMs, type SubmissionConnection } from './connection.ts'
import { NotChecked, type SubmissionMistake } from './mistake.ts'
import { beginning, describeCell, type ExpectedAnswer, markCell, type GradedPosition } from './model.ts'

/** How long a further message of the same answer may take, in ms. */
const moreMs = 300
/** A server that has left out this many messages for the other player is not waited for any more. */
const missedMax = 3

/** What a game needs of its server. */
export interface GameServer {
  readonly description: Description
  readonly codec: Codec
  /** How often a message for the other player was missing since the start; then nobody waits for it any more. */
  missedOthers: number
  /** Opens a connection and carries out the steps of `open`. */
  open(name: string, player: Player): Promise<SubmissionConnection>
  runSteps(connection: SubmissionConnection, steps: Description['join'], fields: RequestFields): Promise<Player | null>
  fieldsOf(player: RequestFields['player'], game: string): RequestFields
  /** The mistake, with how the server ended if it has. */
  explain(message: string): SubmissionMistake
}

type Kind = 'move' | 'error' | 'win' | 'draw' | 'reset' | 'board'

export interface PlayedMove {
  readonly answer: Answer
  readonly expected: GradedPosition & { readonly answer: ExpectedAnswer }
  /** The move for a reader: "X at row 1, column 2". */
  readonly what: string
}

export class GradedGame {
  readonly id: string
  readonly #server: GameServer
  /** The connections of the players; null if each request has a connection of its own. */
  readonly players: Readonly<Record<Player, SubmissionConnection>> | null
  position: GradedPosition = beginning
  #moves: string[] = []

  constructor(server: GameServer, id: string, players: Readonly<Record<Player, SubmissionConnection>> | null) {
    this.id = id
    this.#server = server
    this.players = players
  }

  /** The moves so far, for a reader. */
  get story(): string {
    return this.#moves.length === 0 ? 'at the beginning' : `after ${this.#moves.join(', ')}`
  }

  async join(): Promise<void> {
    const { join } = this.#server.description
    if (join.length === 0) return
    for (const player of ['X', 'O'] as const)
      await this.#use(player, async (connection) => {
        connection.drain()
        return this.#server.runSteps(connection, join, this.#server.fieldsOf(player, this.id))
      })
  }

  async reset(): Promise<Answer> {
    this.position = beginning
    this.#moves = []
    return this.#ask({ ...this.#server.fieldsOf('X', this.id), kind: 'reset' }, 'reset')
  }

  /** Sends any move. The game as it should be does not change. */
  async move(
    player: SubmissionRequest['player'],
    cell: number,
    change: Partial<SubmissionRequest> = {},
  ): Promise<Answer> {
    return this.#ask(this.requestOf(player, cell, change), 'error')
  }

  /** The request for a move. */
  requestOf(
    player: SubmissionRequest['player'],
    cell: number,
    change: Partial<SubmissionRequest> = {},
  ): SubmissionRequest {
    return {
      ...this.#server.fieldsOf(player, this.id),
      kind: 'move',
      row: Math.floor(cell / 3),
      col: cell % 3,
      ...change,
    }
  }

  /** Makes the next legal move, of the player whose turn it is. */
  async play(cell: number): Promise<PlayedMove> {
    const player = this.#playerToMove()
    const expected = markCell(this.position, cell)
    const answer = await this.#ask(this.requestOf(player, cell), expected.answer)
    return { answer, expected, what: this.note(cell) }
  }

  #playerToMove(): Player {
    const { turn } = this.position
    if (turn === null) throw new RangeError('the game is over')
    return turn
  }

  /** Records that the player to move has marked `cell`. Returns the move for a reader. */
  note(cell: number): string {
    const what = `${this.#playerToMove()} at ${describeCell(cell)}`
    this.#moves.push(what)
    this.position = markCell(this.position, cell)
    return what
  }

  /** The board that the server shows when it is asked; null if the protocol cannot ask. */
  async board(by: SubmissionConnection | null = null): Promise<Answer | null> {
    const request: SubmissionRequest = { ...this.#server.fieldsOf('X', this.id), kind: 'board' }
    const bytes = await this.#server.codec.encode(request)
    if (bytes === null) return null
    return this.#send('X', bytes, 'board', by)
  }

  async #ask(request: SubmissionRequest, expected: Kind): Promise<Answer> {
    const bytes = await this.#server.codec.encode(request)
    if (bytes === null) throw new NotChecked('the protocol cannot express it')
    return this.#send(request.player === 'nobody' ? 'X' : request.player, bytes, expected)
  }

  /** Sends bytes as a player and reads the answer. */
  async #send(
    player: Player,
    bytes: Uint8Array,
    expected: Kind,
    by: SubmissionConnection | null = null,
  ): Promise<Answer> {
    return this.#use(
      player,
      async (connection) => {
        const other = this.#otherOf(player)
        connection.drain()
        other?.drain()
        connection.write(bytes)
        return this.read(connection, expected, other)
      },
      by,
    )
  }

  #otherOf(player: Player): SubmissionConnection | null {
    if (this.players === null || this.players.X === this.players.O) return null
    return this.players[player === 'X' ? 'O' : 'X']
  }

  /** Reads the answer to one request, and what the other player gets. */
  async read(
    connection: SubmissionConnection,
    expected: Kind,
    other: SubmissionConnection | null = null,
  ): Promise<Answer> {
    const { answers, others } = this.#server.description
    const messages: Meaning[] = []
    const wanted = (kind: Kind): number => {
      if (kind === 'board' || (kind === 'move' && expected === 'board')) return 1
      return kind === 'move' && expected === 'reset' ? answers.reset : answers[kind]
    }
    for (;;) {
      const kind = kindOf(messages)
      const said: Kind = kind === 'none' || kind === 'unclear' ? 'move' : kind
      const isWhole = messages.length >= wanted(said)
      if (isWhole && messages.length >= (expected === 'error' ? 0 : wanted(expected))) break
      const message = await connection.next(messages.length > 0 ? moreMs : answerMs)
      if (message === null) break
      messages.push(message)
    }
    const kind = kindOf(messages)
    const isAccepted = kind !== 'error' && kind !== 'none'
    const said = expected === 'reset' ? 'reset' : kind === 'win' || kind === 'draw' ? kind : 'move'
    const seen = isAccepted && other !== null && expected !== 'board' ? await this.readNews(other, others[said]) : []
    return combineAnswer(messages, connection.hasEnded, seen)
  }

  /** Reads the messages that a connection gets because of the other player; fewer if they do not come. */
  async readNews(other: SubmissionConnection, count: number): Promise<readonly Meaning[]> {
    const seen: Meaning[] = []
    while (seen.length < count && this.#server.missedOthers < missedMax) {
      const message = await other.next(moreMs)
      if (message === null) this.#server.missedOthers++
      if (message === null) break
      seen.push(message)
    }
    return seen
  }

  /** Uses the player's connection, or one of its own for this request. */
  async #use<Result>(
    player: Player,
    work: (connection: SubmissionConnection) => Promise<Result>,
    by: SubmissionConnection | null = null,
  ): Promise<Result> {
    const own = by ?? this.players?.[player] ?? null
    if (own !== null && !own.hasEnded) return work(own)
    if (own !== null) throw this.#server.explain(`the server closed the connection ${own.name} ${this.story}`)
    const connection = await this.#server.open(`${Math.round(holdingClock.now()) % 10_000}`, player)
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  }
}
