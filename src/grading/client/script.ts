/** The game as the scripted server tells it: the position, and the bytes of each answer about it. */
import { opponent, type Player } from '../../game/index.ts'
import type { ClientDescription } from '../description/client.ts'
import type { Description } from '../description/description.ts'
import type { AnswerText } from '../description/schema.ts'
import { CannotGrade } from '../submission/mistake.ts'
import { beginning, type ExpectedAnswer, type GradedPosition, markCell } from '../submission/model.ts'
import { type Framing, makeFraming } from '../wire/framing.ts'
import { concat } from '../wire/request.ts'
import { type AnswerWriting, writeAnswer } from './answers.ts'

export type AnswerKind = 'board' | 'error' | 'win' | 'loss' | 'draw' | 'turn'

export class ScriptedGame {
  readonly framing: Framing
  position: GradedPosition = beginning
  /** The game that the client named last. */
  game = 'g1'
  readonly #client: ClientDescription
  /** The client's player; null if it plays both. */
  readonly #self: Player | null
  readonly #writing: AnswerWriting
  #answer: ExpectedAnswer = 'move'
  #lastMover: Player = 'O'

  /** @throws CannotGrade if the description has an adapter. */
  constructor({ protocol, players: codes }: Description, client: ClientDescription, self: Player | null) {
    if (protocol.type !== 'patterns') throw new CannotGrade('a client is graded without an adapter')
    this.framing = makeFraming(protocol.framing)
    this.#client = client
    this.#self = self
    const encoding = protocol.read.encoding === 'latin1' ? 'latin1' : 'utf8'
    this.#writing = { codes, symbols: client.answers.symbols, encoding }
  }

  /** The player to move marks `cell`. */
  advance(cell: number): void {
    const { answer, ...position } = markCell(this.position, cell)
    this.#lastMover = this.position.turn ?? this.#lastMover
    this.position = position
    this.#answer = answer
  }

  /** What the server says after the last move. */
  get outcome(): AnswerKind {
    if (this.#answer === 'move') return 'board'
    if (this.#answer === 'draw') return 'draw'
    return this.#self === null || this.#self === this.#lastMover ? 'win' : 'loss'
  }

  get winner(): Player {
    return this.#lastMover
  }

  /** The bytes of an answer about the position; empty if the description has none of this kind. */
  bytesOf(kind: AnswerKind): Uint8Array {
    const { answers } = this.#client
    const template = kind === 'loss' ? (answers.loss ?? answers.win) : answers[kind]
    return template === undefined ? new Uint8Array() : this.#frame(template, kind)
  }

  get greeting(): Uint8Array {
    return concat((this.#client.answers.greeting ?? []).map((answer) => this.#frame(answer, 'board')))
  }

  /** The answer to a request of `open` or `join`. */
  get joined(): Uint8Array {
    const { joined, board } = this.#client.answers
    return this.#frame(joined ?? board, 'board')
  }

  #frame(template: AnswerText, kind: AnswerKind): Uint8Array {
    const { turn, board } = this.position
    const next = turn ?? opponent(this.#lastMover)
    const player = kind === 'win' || kind === 'loss' ? this.#lastMover : (this.#self ?? next)
    const payload = writeAnswer(template, { player, turn: next, board, game: this.game }, this.#writing)
    const isHttp = typeof template === 'object' && 'status' in template
    const bytes = isHttp ? payload : this.framing.frame(payload)
    if (bytes === null) throw new CannotGrade(`the answer \`${kind}\` is too long for the framing`)
    return bytes
  }
}
