/** What was asked of one game, by however many clients, and what came of it: to be checked afterwards. */
import { OxoError } from '../client/index.ts'
import { type RejectionName, rejections } from '../game/index.ts'
import type { GameView } from '../protocol/index.ts'
import { describeView, type GameInput, type GameOutput, makeGameModel } from './game-model.ts'
import { checkLinearizable, type Operation, type SearchOptions, type Verdict } from './linearizability.ts'

/**
 * Records operations of one game as they are asked through clients, and checks them against the rules of the game.
 *
 * What a client was told is taken at its word: a refusal is an answer; `outcome-unknown` leaves the operation open, so
 * that it may have taken effect at any time or never; any other failure says that nothing was done, so that its effect,
 * should it show nevertheless, is a violation.
 */
export class GameHistory {
  readonly game: string
  readonly #tick: () => number
  readonly #operations: Operation<GameInput, GameOutput>[] = []
  #ticks = 0

  /**
   * @param tick when something happens, each later call with a number that is not lower. By default it counts, which is
   *   right where one process asks everything; several need one clock, and may join their {@link operations}.
   */
  constructor(game: string, tick?: () => number) {
    this.game = game
    this.#tick = tick ?? (() => ++this.#ticks)
  }

  /** What has ended so far, in the order of ending; what has not is missing: wait for it first. */
  get operations(): readonly Operation<GameInput, GameOutput>[] {
    return this.#operations
  }

  /** Calls `ask`, which must ask for exactly `input`, and notes its end. Resolves and rejects as it does. */
  async record(input: GameInput, ask: () => Promise<GameView>): Promise<GameView> {
    const invoked = this.#tick()
    try {
      const view = await ask()
      this.#note(input, invoked, { state: describeView(view) })
      return view
    } catch (error) {
      if (!(error instanceof OxoError)) throw error
      if (isRejection(error.name)) this.#note(input, invoked, { refused: error.name })
      else if (error.name === 'outcome-unknown') this.#noteOpen(input, invoked)
      throw error
    }
  }

  /** Whether one order explains everything. A game with a clock may have ended at any time by the fall of a flag. */
  check(options: SearchOptions<GameInput, GameOutput> = {}): Verdict<GameInput, GameOutput> {
    const flag = { input: { type: 'flag' }, invoked: -Infinity, returned: Infinity } as const
    return checkLinearizable(makeGameModel(this.game), [...this.#operations, flag], options)
  }

  #note(input: GameInput, invoked: number, output: GameOutput): void {
    this.#operations.push({ input, output, invoked, returned: this.#tick() })
    // A join names no version: of one that the client sent again, the first may have done it and the last been told so.
    if (input !== 'read' && input.type === 'join') this.#noteOpen(input, invoked)
  }

  #noteOpen(input: GameInput, invoked: number): void {
    // A read changes nothing: whether it took place is all the same.
    if (input !== 'read') this.#operations.push({ input, invoked, returned: Infinity })
  }
}

function isRejection(name: string): name is RejectionName {
  return (rejections as readonly string[]).includes(name)
}
