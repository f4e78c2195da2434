/** The server that is graded: starts it when it is needed, opens connections and games on it. */
import { holdingClock, sleep } from '../../base/index.ts'
import { opponent } from '../../game/index.ts'
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

/** What the server gave a player in a message of `open` or `join`: a mark, the id of a game, and a token. */
export interface GivenByServer {
  readonly player: 'X' | 'O' | null
  readonly game: string | null
  readonly token: string | null
}

export interface GradedServerOptions {
  readonly description: Description
  /** The folder in which its commands run. */
  readonly folder: string
  /** The address of a server that runs already; null if the grader starts it. */
  readonly running: SubmissionAddress | null
  readonly codec: Codec
}

/** How long a server may take to end after it has closed a connection, in ms. */
const settleMs = 150

export class GradedServer implements GameServer {
  readonly description: Description
  readonly codec: Codec
  evidence = new CheckEvidence()
  /** How often a message for the other player was missing since the start; then nobody waits for it any more. */
  missedOthers = 0
  /** Whether the server continues when the players of an unfinished game have left. */
  survivesLeaving = false
  readonly #folder: string
  readonly #running: SubmissionAddress | null
  #process: SubmissionProcess | null = null
  /** Whether a game was begun since the start. */
  #isUsed = false
  #connections: SubmissionConnection[] = []
  #shared: SubmissionConnection | null = null
  /** The game that was begun last. */
  #game: GradedGame | null = null
  #playsSeveral: boolean | null = null
  #seated: Readonly<Record<'X' | 'O', SubmissionConnection>> | null = null
  #games = 0
  /** The id that the server gave the game; null if it gave none. */
  #code: string | null = null
  /** The codec of the player at the keyboard. */
  readonly #keyboardCodec: Codec | null

  constructor({ description, folder, running, codec }: GradedServerOptions) {
    this.description = description
    this.#folder = folder
    this.#running = running
    this.codec = codec
    const { keyboard, players } = description
    this.#keyboardCodec = keyboard === null ? null : makePatternCodec({ protocol: keyboard.protocol, players })
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
      hasKeyboard: this.#keyboardCodec !== null,
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
    for (const connection of this.#connections) connection.vanish()
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
    this.#connections = this.#connections.filter(({ isClosed }) => !isClosed)
    this.#connections.push(connection)
    return connection
  }

  /** Opens a connection of somebody who does not play: null if a server of two players accepts no others. */
  async visit(name: string): Promise<SubmissionConnection | null> {
    return this.connect(name).catch((cause: unknown) => {
      if (cause instanceof SubmissionMistake && this.description.connect === 'player') return null
      throw cause
    })
  }

  /** Opens a connection and carries out the steps of `open`. */
  async open(name: string, player: 'X' | 'O' | null = null): Promise<SubmissionConnection> {
    const connection = await this.connect(name)
    connection.self = player
    const steps = this.description.open[player ?? 'X']
    const given = await this.runSteps(connection, steps, this.fieldsOf(player ?? 'X', this.#code ?? ''))
    if (given.player !== null) connection.self = given.player
    if (given.game !== null) this.#code = given.game
    connection.token = given.token ?? ''
    return connection
  }

  /** The keyboard and the screen of the server as the connection of the player there. */
  #openTerminal(player: 'X' | 'O', codec: Codec): SubmissionConnection {
    const { terminal } = this.process
    if (terminal === null) throw new CannotGrade('nobody can type on the keyboard of a server that runs already')
    const evidence = (): CheckEvidence => this.evidence
    const connection = new SubmissionConnection(
      { codec, evidence, name: `${player} at the keyboard`, ignore: 'all' },
      terminal,
    )
    connection.self = player
    this.#connections.push(connection)
    return connection
  }

  fieldsOf(player: 'X' | 'O' | 'nobody', game: string, token = ''): RequestFields {
    return { player, row: 0, col: 0, game, name: player === 'O' ? 'Bob' : 'Ada', token }
  }

  /** Returns what the server gave in its messages. */
  async runSteps(
    connection: SubmissionConnection,
    steps: Description['open']['X'],
    fields: RequestFields,
  ): Promise<GivenByServer> {
    let given: GivenByServer = { player: null, game: null, token: null }
    for (const step of steps)
      if ('send' in step)
        connection.write(
          await this.codec.encodeStep(step.send, {
            ...fields,
            game: given.game ?? fields.game,
            token: given.token ?? fields.token,
          }),
        )
      else {
        const { player, game, token } = await this.#expect(connection, step)
        given = { player: player ?? given.player, game: game ?? given.game, token: token ?? given.token }
      }
    return given
  }

  async #expect(
    connection: SubmissionConnection,
    { expect, within: seconds = answerMs / 1_000 }: { readonly expect: string; readonly within?: number },
  ): Promise<GivenByServer> {
    const pattern = new RegExp(expect, 's')
    const end = holdingClock.now() + 1_000 * seconds
    let last: string | null = null
    for (;;) {
      const message = await connection.nextOfAll(end - holdingClock.now())
      if (message === null)
        throw this.explain(
          `a message that matches ${expect} was expected on connection ${connection.name} within ${seconds} s, but ${last === null ? 'none came' : `the last one was ${shorten(last)}`}`,
        )
      const { groups } = pattern.exec(message.text) ?? { groups: null }
      if (groups !== null)
        return {
          player: playerOf(groups?.['player'], this.description.players) ?? null,
          game: groups?.['game'] ?? null,
          token: groups?.['token'] ?? null,
        }
      last = message.text
    }
  }

  /**
   * Begins a game as the description says. `isClean`: the players of an unfinished game do not just leave, unless the server has
   * shown that it survives this.
   */
  async newGame({ isClean = true } = {}): Promise<GradedGame> {
    const { newGame, connect } = this.description
    const isLeft = newGame === 'reconnect' && isClean && !this.survivesLeaving && this.#game?.position.turn !== null
    if ((newGame === 'restart' || isLeft) && this.#isUsed && this.isOwn) await this.stop()
    await this.start()
    const number = ++this.#games
    const players =
      connect === 'player'
        ? await this.#seat(newGame === 'reconnect')
        : connect === 'shared'
          ? await this.#share()
          : null
    const game = new GradedGame(this, this.#code ?? `g${number}`, players)
    if (newGame === 'reset' && this.#isUsed) {
      const answer = await game.reset()
      if (answer.kind === 'error' || answer.kind === 'none')
        throw this.explain(`a request for a new game was answered by ${describeAnswer(answer)}`)
    }
    this.#isUsed = true
    this.#game = game
    await game.join()
    // What the server says at the beginning must not become a part of the answer to the first move.
    if (this.codec.silenceMs > 0 && connect === 'player') await sleep(holdingClock, 2 * this.codec.silenceMs)
    for (const connection of Object.values(game.players ?? {})) connection.drain()
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
    this.#code = null
    const { keyboard } = this.description
    if (keyboard !== null && this.#keyboardCodec !== null) {
      const terminal = this.#openTerminal(keyboard.player, this.#keyboardCodec)
      const connected = await this.open(opponent(keyboard.player), opponent(keyboard.player))
      this.#seated = keyboard.player === 'X' ? { X: terminal, O: connected } : { X: connected, O: terminal }
      return this.#seated
    }
    const first = await this.open('X', 'X')
    const second = await this.open('O', 'O')
    this.#seated = first.self === 'O' ? { X: second, O: first } : { X: first, O: second }
    return this.#seated
  }

  /** Whether the server plays two games at the same time. */
  async playsSeveral(): Promise<boolean> {
    if (this.#playsSeveral !== null) return this.#playsSeveral
    const first = await this.newGame()
    this.keepPair()
    const second = await this.newGame({ isClean: false }).catch(() => null)
    const answers = [await first.play(4), ...(second === null ? [] : [await second.play(4)])]
    this.#playsSeveral = answers.length === 2 && answers.every(({ answer }) => answer.kind !== 'none')
    await this.stop()
    return this.#playsSeveral
  }

  /** Waits until the server has ended, if it does so now: then a message can say how. */
  async settle(): Promise<void> {
    const end = holdingClock.now() + settleMs
    while (this.isRunning && this.isOwn && holdingClock.now() < end) await sleep(holdingClock, 5)
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
  return startAdapter(description.protocol.command, folder, description.players)
}
