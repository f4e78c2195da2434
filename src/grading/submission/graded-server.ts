/** The server that is graded: starts it when it is needed, opens connections and games on it. */
import type { Description } from '../description/description.ts'
import { describeAnswer, shorten } from './answer.ts'
import { type Codec, makePatternCodec } from '../wire/codec.ts'
import type { RequestFields } from '../wire/fields.ts'
import { type SubmissionAddress, answerMs, SubmissionConnection } from './connection.ts'
import { CheckEvidence } from './evidence.ts'
import { type GameServer, GradedGame } from './graded-game.ts'
import { CannotGrade, SubmissionMistake } from './mistake.ts'
import { SubmissionProcess } from './process.ts'
import { playerOf } from '../wire/meaning.ts'

export interface GradedServerOptions {
  readonly description: Description
  /** The folder in which its commands run. */
  readonly folder: string
  /** The address of a server that runs already; null if the grader starts it. */
  readonly running: SubmissionAddress | null
  readonly codec: Codec
}

export class GradedServer implements GameServer {
  readonly description: Description
  readonly codec: Codec
  evidence = new CheckEvidence()
  /** How often a message for the other player was missing since the start; then nobody waits for it any more. */
  missedOthers = 0
  readonly #folder: string
  readonly #running: SubmissionAddress | null
  #process: SubmissionProcess | null = null
  /** Whether a game was begun since the start. */
  #isUsed = false
  #connections: SubmissionConnection[] = []
  #shared: SubmissionConnection | null = null
  #seated: Readonly<Record<'X' | 'O', SubmissionConnection>> | null = null
  #games = 0

  constructor({ description, folder, running, codec }: GradedServerOptions) {
    this.description = description
    this.#folder = folder
    this.#running = running
    this.codec = codec
  }

  /** @throws CannotGrade if nobody can start the server. */
  get process(): SubmissionProcess {
    if (this.#process === null) throw new CannotGrade('the server is not running')
    return this.#process
  }

  /** Whether the grader starts and stops the server. */
  get isOwn(): boolean {
    return this.#running === null
  }

  get isRunning(): boolean {
    return this.#running !== null || (this.#process !== null && !this.#process.hasEnded)
  }

  /** The limit for which the grader has ended the server; null if it has not. */
  get brokenLimit(): string | null {
    return this.#process?.brokenLimit ?? null
  }

  /** Starts the server unless it runs. `port` is the one to use again. */
  async start(port?: number): Promise<void> {
    if (this.isRunning) return
    const { start, address } = this.description
    if (start === null)
      throw new CannotGrade('the description has no start: say how to start the server, or give its address')
    await this.#process?.kill()
    this.#forget()
    this.#process = await SubmissionProcess.start(start, this.#folder, {
      host: address,
      ...(port !== undefined && { port }),
    })
  }

  /** Ends the server, so that the next use starts it again. A server that the grader did not start stays. */
  async stop(): Promise<void> {
    this.#forget()
    await this.#process?.kill()
    this.#process = null
  }

  #forget(): void {
    for (const connection of this.#connections) connection.discard()
    this.#connections = []
    this.#shared = null
    this.#seated = null
    this.#isUsed = false
    this.missedOthers = 0
  }

  get address(): SubmissionAddress {
    return this.#running ?? this.process.address
  }

  /** Opens a connection and does nothing on it. */
  async connect(name: string): Promise<SubmissionConnection> {
    await this.start()
    const { address, codec, description } = this
    const connection = await SubmissionConnection.open({
      address,
      codec,
      evidence: () => this.evidence,
      name,
      ignore: description.ignore,
    })
    this.#connections = this.#connections.filter(({ hasEnded }) => !hasEnded)
    this.#connections.push(connection)
    return connection
  }

  /** Opens a connection and carries out the steps of `open`. */
  async open(name: string, player: 'X' | 'O' | null = null): Promise<SubmissionConnection> {
    const connection = await this.connect(name)
    connection.self = player
    const assigned = await this.runSteps(connection, this.description.open, this.fieldsOf(player ?? 'X', ''))
    if (assigned !== null) connection.self = assigned
    return connection
  }

  fieldsOf(player: 'X' | 'O' | 'nobody', game: string): RequestFields {
    return { player, row: 0, col: 0, game, name: player === 'O' ? 'Bob' : 'Ada' }
  }

  /** Returns the player that the server assigned in one of its messages; null if it did not. */
  async runSteps(
    connection: SubmissionConnection,
    steps: Description['open'],
    fields: RequestFields,
  ): Promise<'X' | 'O' | null> {
    let assigned: 'X' | 'O' | null = null
    for (const step of steps)
      if ('send' in step) connection.write(this.codec.encodeStep(step.send, fields))
      else assigned = (await this.#expect(connection, step.expect)) ?? assigned
    return assigned
  }

  async #expect(connection: SubmissionConnection, source: string): Promise<'X' | 'O' | null> {
    const pattern = new RegExp(source, 's')
    let last: string | null = null
    for (;;) {
      const message = await connection.nextOfAll(answerMs)
      if (message === null)
        throw this.explain(
          `a message that matches ${source} was expected on a new connection, but ${last === null ? 'none came' : `the last one was ${shorten(last)}`}`,
        )
      const match = pattern.exec(message.text)
      if (match !== null) return playerOf(match.groups?.['player'], this.description.players) ?? null
      last = message.text
    }
  }

  /** Begins a game as the description says. */
  async newGame(): Promise<GradedGame> {
    const { newGame, connect } = this.description
    if (newGame === 'restart' && this.#isUsed && this.isOwn) await this.stop()
    await this.start()
    const id = `g${++this.#games}`
    const players =
      connect === 'player'
        ? await this.#seat(newGame === 'reconnect')
        : connect === 'shared'
          ? await this.#share()
          : null
    const game = new GradedGame(this, id, players)
    if (newGame === 'reset' && this.#isUsed) {
      const answer = await game.reset()
      if (answer.kind === 'error' || answer.kind === 'none')
        throw this.explain(`a request for a new game was answered by ${describeAnswer(answer)}`)
    }
    this.#isUsed = true
    await game.join()
    return game
  }

  async #share(): Promise<Readonly<Record<'X' | 'O', SubmissionConnection>>> {
    if (this.#shared === null || this.#shared.hasEnded) this.#shared = await this.open('both')
    return { X: this.#shared, O: this.#shared }
  }

  /** Opens the connections of two players. */
  async #seat(isNewPair: boolean): Promise<Readonly<Record<'X' | 'O', SubmissionConnection>>> {
    if (this.#seated !== null && !isNewPair && !this.#seated.X.hasEnded && !this.#seated.O.hasEnded) return this.#seated
    this.#seated?.X.close()
    this.#seated?.O.close()
    const first = await this.open('X', 'X')
    const second = await this.open('O', 'O')
    this.#seated = first.self === 'O' ? { X: second, O: first } : { X: first, O: second }
    return this.#seated
  }

  /** A second pair beside the first: `newGame` then leaves the first pair open. */
  keepPair(): void {
    this.#seated = null
  }

  /** The mistake, with how the server ended if it has. */
  explain(message: string): SubmissionMistake {
    const end = this.#process?.end ?? null
    return new SubmissionMistake(end === null ? message : `${message}; the server has ended: ${end}`)
  }
}

export async function makeCodec(description: Description, folder: string): Promise<Codec> {
  if (description.protocol.type === 'patterns') return makePatternCodec(description)
  const { startAdapter } = await import('../wire/adapter.ts')
  return startAdapter(description.protocol.command, folder)
}
