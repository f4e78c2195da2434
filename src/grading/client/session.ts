/** One run of a client against the scripted server: types moves, answers them, and looks at what the client prints. */
import { holdingClock } from '../../base/index.ts'
import { findFreePort } from '../../base/node/index.ts'
import type { Player } from '../../game/index.ts'
import type { ClientDescription } from '../description/client.ts'
import type { Description } from '../description/description.ts'
import { shorten } from '../submission/answer.ts'
import type { CheckEvidence } from '../submission/evidence.ts'
import { CannotGrade, SubmissionMistake } from '../submission/mistake.ts'
import { describeBoard } from '../submission/model.ts'
import { type FieldName, fieldValue, fillFields, type RequestFields } from '../wire/fields.ts'
import type { Meaning } from '../wire/meaning.ts'
import { ClientProcess } from './client-process.ts'
import { type ReadRequest, showPayload } from './requests.ts'
import { makeScreenReader, type ScreenReader } from './screen.ts'
import { type AnswerKind, ScriptedGame } from './script.ts'
import { type AnswerDelivery, ScriptedServer } from './scripted-server.ts'

/** The time until a client connects, in ms. */
const connectMs = 10_000
/** The time until a typed move is sent, and until an answer is shown, in ms. */
export const clientMs = 2_000

/** The longest wait for a client to say something, and the silence that ends the wait, in ms. */
const settleMs = 1_000
const quietMs = 30

const describeMove = ({ player, row, col }: RequestFields): string =>
  `${player} at row ${Number(row) + 1}, column ${Number(col) + 1}`

export interface SessionOptions {
  readonly description: Description
  readonly client: ClientDescription
  readonly folder: string
  readonly evidence: () => CheckEvidence
  /** The player of the client, if it plays one player. */
  readonly player: Player
}

export class ScriptedSession {
  readonly options: SessionOptions
  readonly server: ScriptedServer
  readonly script: ScriptedGame
  /** The client's player; null if it plays both. */
  readonly self: Player | null
  /** Whether the server sends the other player's moves at once. */
  readonly isTold: boolean
  readonly #port: number
  readonly #read: ScreenReader
  #process: ClientProcess | null = null
  #from = 0

  private constructor(options: SessionOptions, port: number) {
    this.options = options
    const { description, client, player, evidence } = options
    this.#port = port
    this.self = client.playsOne ? player : null
    this.isTold = this.self !== null && description.others.move > 0
    this.script = new ScriptedGame(description, client, this.self)
    this.#read = makeScreenReader(client, description.players)
    this.server = new ScriptedServer({
      description,
      port,
      evidence,
      greet: () => this.script.greeting,
      answer: (request) => this.#answerStep(request),
    })
  }

  static async make(options: SessionOptions): Promise<ScriptedSession> {
    return new ScriptedSession(options, options.client.port ?? (await findFreePort()))
  }

  get process(): ClientProcess {
    if (this.#process === null) throw new CannotGrade('the client is not running')
    return this.#process
  }

  /** Starts the client. */
  launch(): ClientProcess {
    const { client, folder, evidence, player, description } = this.options
    const given: Readonly<Record<string, string>> = {
      host: '127.0.0.1',
      port: `${this.#port}`,
      player: `${description.players[player]}`,
      game: this.script.game,
    }
    const command = client.command.replace(/\{(host|port|player|game)\}/g, (_, name: string) => given[name] ?? '')
    this.#process = new ClientProcess(command, folder, evidence)
    return this.#process
  }

  /** Starts the server and the client, and waits until the client has joined and it is its turn. */
  async begin(): Promise<void> {
    await this.server.listen()
    const process = this.launch()
    const { open, join, connect } = this.options.description
    if (connect !== 'move') {
      const sends = [...open.X, ...join.X].filter((step) => 'send' in step).length
      const hasJoined = (): boolean => this.server.accepted > 0 && this.server.steps >= sends
      await process.until(connectMs, () => process.end !== null || hasJoined())
      if (this.server.accepted === 0) throw this.explain('the client did not connect to the server')
      if (!hasJoined())
        throw this.explain('the client connected, but did not send what `open` and `join` of the description say')
    }
    if (this.self === 'O') await this.opponentPlays(4)
    else if (this.isTold) await this.say('turn')
    await this.settle()
    this.mark()
  }

  /** Null: a check answers this request. */
  #answerStep({ kind, values }: ReadRequest): Uint8Array | null {
    const { open, join } = this.options.description
    const game = values.get('game')
    if (game !== undefined) this.script.game = `${game as string}`
    if (kind === 'move' || kind === 'unknown') return null
    if (kind !== 'step') return this.script.bytesOf('board')
    return [...open.X, ...join.X].some((step) => 'expect' in step) ? this.script.joined : new Uint8Array()
  }

  /** Sends one answer about the position. */
  async say(kind: AnswerKind, delivery: AnswerDelivery = 'whole'): Promise<void> {
    const bytes = this.script.bytesOf(kind)
    if (bytes.length > 0) await this.server.send(bytes, delivery)
  }

  /** The other player moves. The client is told if the protocol does so. */
  async opponentPlays(cell: number): Promise<void> {
    this.script.advance(cell)
    if (!this.isTold) return
    this.mark()
    await this.say(this.script.outcome)
    if (this.script.position.turn !== null) await this.say('turn')
    await this.settle()
  }

  /** Waits until the client has printed something since the mark and then nothing for a moment. */
  async settle(): Promise<void> {
    await this.process.until(settleMs, () => this.printedText !== '' || this.process.end !== null)
    let [length, since] = [0, holdingClock.now()]
    await this.process.until(settleMs, () => {
      const { output } = this.process
      if (output.length !== length) [length, since] = [output.length, holdingClock.now()]
      return holdingClock.now() - since >= quietMs
    })
  }

  fieldsAt(cell: number): RequestFields {
    return this.fieldsOf(Math.floor(cell / 3), cell % 3)
  }

  /** The fields of a move of the client's player. */
  fieldsOf(row: number, col: number): RequestFields {
    return {
      player: this.self ?? this.script.position.turn ?? 'X',
      row,
      col,
      game: this.script.game,
      name: '',
      token: '',
    }
  }

  /** Types the lines of a move. */
  type(fields: RequestFields): void {
    const { description, client } = this.options
    const give = (name: FieldName): string => `${fieldValue(name, fields, description.players)}`
    for (const line of client.input) this.process.type(fillFields(line, give))
  }

  /** Types a move and returns its request, right or wrong. */
  async move(cell: number): Promise<ReadRequest> {
    const fields = this.fieldsAt(cell)
    this.type(fields)
    const request = await this.server.next(clientMs)
    if (request !== null) return request
    throw this.explain(`${describeMove(fields)} was typed, but no whole request came within ${clientMs / 1_000} s`)
  }

  /** @throws SubmissionMistake unless the request is this move. */
  checkMove(request: ReadRequest, fields: RequestFields): void {
    const { requests } = this.server
    if (requests.isMove(request, fields)) return
    const expected = requests.expected(request, fields)
    throw this.explain(
      `${describeMove(fields)} was typed; the request was ${showPayload(request.payload)} instead of ${showPayload(expected)}`,
    )
  }

  /** Types a move, reads its request and answers it. */
  async play(cell: number, delivery: AnswerDelivery = 'whole'): Promise<void> {
    await this.move(cell)
    await this.accept(cell, delivery)
  }

  /** Answers a move as a legal one. */
  async accept(cell: number, delivery: AnswerDelivery = 'whole'): Promise<void> {
    this.script.advance(cell)
    this.mark()
    await this.say(this.script.outcome, delivery)
  }

  /** What is printed from now on is what `printed` reads. */
  mark(): void {
    this.#from = this.#process?.output.length ?? 0
  }

  get printedText(): string {
    return this.process.output.slice(this.#from)
  }

  get printed(): Meaning {
    return this.#read(this.printedText, this.self)
  }

  /** Waits until the last board that was printed is the position's. `when` is a clause for the mistake. */
  async expectBoard(when: string): Promise<void> {
    const { board } = this.script.position
    await this.process.until(clientMs, () => this.printed.board === board || this.process.end !== null)
    const { board: found, badBoard } = this.printed
    if (found === board) return
    const shown =
      found !== null
        ? `the last board that the client printed was ${describeBoard(found)}`
        : badBoard !== undefined
          ? `the board that the client printed could not be read (${badBoard})`
          : `the client printed no board but ${shorten(this.printedText)}`
    throw this.explain(`${when}, the board was ${describeBoard(board)}, but ${shown}`)
  }

  /** The mistake, with how the client ended if it has. */
  explain(message: string): SubmissionMistake {
    const { end = null, brokenLimit = null } = this.#process ?? {}
    if (brokenLimit !== null) return new SubmissionMistake(`${message}; the client was ended: ${brokenLimit}`)
    if (end === null) return new SubmissionMistake(message)
    const how = end.signal === null ? `with exit code ${end.exitCode}` : `by ${end.signal}`
    const output = this.#process?.output.trim().slice(-1_500) ?? ''
    return new SubmissionMistake(
      `${message}; the client has ended ${how}${output === '' ? ' and printed nothing' : `; it printed at the end:\n${output}`}`,
    )
  }

  async close(): Promise<void> {
    await this.#process?.kill()
    this.server.close()
  }
}
