/** The operations of any number of clients on one game and their results, recorded to be checked afterwards. */
import { OxoError } from '../client/index.ts'
import { type RejectionName, rejections } from '../game/index.ts'
import type { GameView } from '../protocol/index.ts'
import { describeView, type GameInput, type GameOutput, makeGameModel } from './game-model.ts'
import { checkLinearizable, type Operation, type SearchOptions, type Verdict } from './linearizability.ts'

/**
 * Records the operations that clients perform on one game, and checks them against the rules of the game.
 *
 * Each result is taken literally. A refusal is an answer. `outcome-unknown` leaves the operation open: it may have
 * taken
 * effect at any later time or never. Any other failure means that the operation was not executed: if its effect shows
 * nevertheless, that is a violation.
 */
export class GameHistory {
  readonly game: string
  readonly #tick: () => number
  readonly #operations: Operation<GameInput, GameOutput>[] = []
  #ticks = 0

  /**
   * @param tick returns the current time; later calls return no lower number. The default is a counter, which is enough
   *   if one process performs all operations; several processes need one clock to merge {@link operations}.
   */
  constructor(game: string, tick?: () => number) {
    this.game = game
    this.#tick = tick ?? (() => ++this.#ticks)
  }

  /** The operations that have ended, in the order of ending. Pending ones are missing: wait for them first. */
  get operations(): readonly Operation<GameInput, GameOutput>[] {
    return this.#operations
  }

  /** Calls `ask`, which must perform exactly `input`, and records its result. Resolves and rejects like `ask`. */
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

  /** Checks whether one order explains the whole history. In a game with a clock, the flag may fall at any time. */
  check(options: SearchOptions<GameInput, GameOutput> = {}): Verdict<GameInput, GameOutput> {
    const flag = { input: { type: 'flag' }, invoked: -Infinity, returned: Infinity } as const
    return checkLinearizable(makeGameModel(this.game), [...this.#operations, flag], options)
  }

  #note(input: GameInput, invoked: number, output: GameOutput): void {
    this.#operations.push({ input, output, invoked, returned: this.#tick() })
    // A join has no version: if the client sent it twice, the first copy may have taken effect and the second got the
    // answer.
    if (input !== 'read' && input.type === 'join') this.#noteOpen(input, invoked)
  }

  #noteOpen(input: GameInput, invoked: number): void {
    // A read changes nothing, so it does not matter whether it took place.
    if (input !== 'read') this.#operations.push({ input, invoked, returned: Infinity })
  }
}

function isRejection(name: string): name is RejectionName {
  return (rejections as readonly string[]).includes(name)
}
