/** One game on the server that is graded: sends moves, reads the answers, and knows how it should be. */
import { holdingClock, sleep } from '../../base/index.ts'
import type { Player } from '../../game/index.ts'
import type { Description } from '../description/description.ts'
import type { Codec, SubmissionRequest } from '../wire/codec.ts'
import type { RequestFields } from '../wire/fields.ts'
import type { Meaning } from '../wire/meaning.ts'
import { type Answer, kindOf, combineAnswer } from './answer.ts'
import { answerMs, type SubmissionConnection } from './connection.ts'
import { NotChecked, type SubmissionMistake } from './mistake.ts'
import { beginning, describeCell, type ExpectedAnswer, markCell, type GradedPosition } from './model.ts'

/** How often two connections are looked at, in ms. */
const pollMs = 2
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
  runSteps(
    connection: SubmissionConnection,
    steps: Description['join']['X'],
    fields: RequestFields,
  ): Promise<{ readonly player: Player | null; readonly game: string | null; readonly token: string | null }>
  fieldsOf(player: RequestFields['player'], game: string, token?: string): RequestFields
  /** Waits until the server has ended, if it does so now. */
  settle(): Promise<void>
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
  /** Its id, as the grader chose it or the server gave it. */
  id: string
  readonly #server: GameServer
  /** The connections of the players; null if each request has a connection of its own. */
  players: Readonly<Record<Player, SubmissionConnection>> | null
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
    const { join, keyboard } = this.#server.description
    for (const player of ['X', 'O'] as const) {
      const steps = join[player]
      if (steps.length === 0 || player === keyboard?.player) continue
      await this.#use(player, async (connection) => {
        // What a server says first may have come already.
        if (steps[0] !== undefined && 'send' in steps[0]) connection.drain()
        const given = await this.#server.runSteps(connection, steps, this.#fieldsOf(player))
        this.id = given.game ?? this.id
        if (given.player !== null) connection.self = given.player
        connection.token = given.token ?? connection.token
      })
    }
    if (this.players?.X.self === 'O' && this.players.O.self === 'X')
      this.players = { X: this.players.O, O: this.players.X }
  }

  #fieldsOf(player: SubmissionRequest['player']): RequestFields {
    return this.#server.fieldsOf(player, this.id, player === 'nobody' ? '' : this.players?.[player].token)
  }

  /** A player who is connected, and not at the keyboard of the server. */
  get connected(): Player {
    return this.#server.description.keyboard?.player === 'X' ? 'O' : 'X'
  }

  async reset(): Promise<Answer> {
    this.position = beginning
    this.#moves = []
    return this.#ask({ ...this.#fieldsOf(this.connected), kind: 'reset' }, 'reset')
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
      ...this.#fieldsOf(player),
      kind: 'move',
      row: Math.floor(cell / 3),
      col: cell % 3,
      board: this.position.board,
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
    const request: SubmissionRequest = { ...this.#fieldsOf(this.connected), kind: 'board' }
    const bytes = await this.#server.codec.encode(request)
    if (bytes === null) return null
    return this.#send(this.connected, bytes, 'board', by)
  }

  async #ask(request: SubmissionRequest, expected: Kind): Promise<Answer> {
    const player = request.player === 'nobody' ? this.connected : request.player
    const codec = this.players?.[player].codec ?? this.#server.codec
    const bytes = await codec.encode(request)
    if (bytes === null) throw new NotChecked('the protocol cannot express it')
    return this.#send(player, bytes, expected)
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
    const { others } = this.#server.description
    if (other !== null && expected !== 'board' && expected !== 'reset' && this.#wanted(connection)('move') === 0)
      return this.#readEither(connection, other)
    const messages: Meaning[] = []
    const wanted = (kind: Kind): number => {
      if (kind === 'board' || (kind === 'move' && expected === 'board')) return 1
      return this.#wanted(connection)(kind === 'move' && expected === 'reset' ? 'reset' : kind)
    }
    for (;;) {
      const kind = kindOf(messages)
      const said: Kind = kind === 'none' || kind === 'unclear' ? 'move' : kind
      const isWhole = messages.length >= wanted(said)
      if (isWhole && messages.length >= (expected === 'error' ? 1 : wanted(expected))) break
      const message = await connection.next(messages.length > 0 ? moreMs : answerMs)
      if (message === null) break
      messages.push(message)
    }
    const kind = kindOf(messages)
    if (kind === 'none' && connection.hasEnded) await this.#server.settle()
    const said =
      kind === 'error' ? kind : expected === 'reset' ? 'reset' : kind === 'win' || kind === 'draw' ? kind : 'move'
    const seen =
      kind !== 'none' && other !== null && expected !== 'board' ? await this.readNews(other, others[said]) : []
    return combineAnswer(messages, connection.hasEnded, seen)
  }

  #isScreen(connection: SubmissionConnection): boolean {
    return connection.codec !== this.#server.codec
  }

  /** What the screen still shows because of a move. */
  async #readScreen(screen: SubmissionConnection): Promise<readonly Meaning[]> {
    await sleep(holdingClock, 2 * screen.codec.silenceMs)
    return screen.drain()
  }

  /** The number of messages that answer a request on a connection. A screen is one message, whatever it shows. */
  #wanted(connection: SubmissionConnection): (kind: Exclude<Kind, 'board'>) => number {
    const { answers, keyboard } = this.#server.description
    if (keyboard !== null && this.#isScreen(connection)) return () => (keyboard.isRead ? 1 : 0)
    return (kind) => answers[kind]
  }

  /** Reads the answer of a server that says nothing to who has moved: what the other player gets then shows the move. */
  async #readEither(connection: SubmissionConnection, other: SubmissionConnection): Promise<Answer> {
    const end = holdingClock.now() + answerMs
    while (!connection.hasNews && !other.hasNews && holdingClock.now() < end) {
      if (connection.hasEnded && other.hasEnded) break
      await sleep(holdingClock, pollMs)
    }
    const { others } = this.#server.description
    const own = connection.hasNews ? [await connection.next(0)] : []
    const first = other.hasNews ? [await other.next(0)] : []
    const news = [...own, ...first].filter((message) => message !== null)
    const kind = kindOf(news)
    const said = kind === 'none' || kind === 'unclear' ? 'move' : kind
    if (news.length > 0)
      for (const [player, wanted] of [
        [connection, this.#wanted(connection)(said) - own.length],
        [other, others[said] - first.length],
      ] as const)
        news.push(...(await (this.#isScreen(player) ? this.#readScreen(player) : this.readNews(player, wanted))))
    return combineAnswer(news, connection.hasEnded, news)
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
    if (own !== null) await this.#server.settle()
    if (own !== null) throw this.#server.explain(`the server closed the connection ${own.name} ${this.story}`)
    const connection = await this.#server.open(`${Math.round(holdingClock.now()) % 10_000}`, player)
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  }
}
