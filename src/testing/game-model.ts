/** One game of Oxo as a sequential specification: `decide` and `evolve`, and the answers to repeats. */
import { type Command, decide, type Event, evolve, type Game } from '../game/index.ts'
import { type ErrorName, makeView, type GameView } from '../protocol/index.ts'
import type { Model } from './linearizability.ts'

/** An operation on a game. The elapsed time of a command does not matter here. */
export type GameInput = 'read' | Command

/** The answer: a state, as {@link describeView} writes it, or the name of the refusal. */
export type GameOutput = { readonly state: string } | { readonly refused: ErrorName }

/** A game with all its earlier states. The same events always lead to the identical object. */
export class GameState {
  readonly game: Game | null
  readonly #id: string
  readonly #before: GameState | null
  readonly #after = new Map<string, GameState>()
  #text: string | undefined

  constructor(id: string, game: Game | null = null, before: GameState | null = null) {
    this.#id = id
    this.game = game
    this.#before = before
  }

  get version(): number {
    return this.game?.version ?? 0
  }

  get text(): string {
    return (this.#text ??= this.game === null ? '' : describeView(makeView(this.#id, this.game)))
  }

  /** The state at an older version. */
  at(version: number): GameState {
    return version >= this.version || this.#before === null ? this : this.#before.at(version)
  }

  /** The state after `event`. Clocks are omitted, because this specification does not model time. */
  after(event: Event): GameState {
    const key = JSON.stringify(event)
    const known = this.#after.get(key)
    if (known !== undefined) return known
    const next = new GameState(this.#id, { ...evolve(this.game, event), clocks: null }, this)
    this.#after.set(key, next)
    return next
  }
}

/** A view as text, without its clocks: equal for all views of one state. */
export function describeView(view: GameView): string {
  // The members of the rules have the order in which the game's creator sent them.
  const { width, height, line, gravity, misere, marks, exact } = view.rules
  const rules = [width, height, line, gravity, misere, marks, exact]
  return JSON.stringify({ ...view, rules, clock: undefined })
}

/**
 * The specification of the game `id`. In a game with a clock a command may come too late, and a `flag` may fall at any
 * time. `nextId` is the id of the rematch.
 */
export function makeGameModel(id: string, nextId = `${id}-2`): Model<GameState, GameInput, GameOutput> {
  return {
    initial: new GameState(id),
    isRead: (input, output) => input === 'read' || ('refused' in output && !isLate(input, output)),
    step(state, input, output) {
      const outcomes = input === 'read' ? [read(state)] : carryOut(state, input, nextId)
      return outcomes.filter(({ answer }) => output === undefined || isSame(answer, output)).map(({ next }) => next)
    },
  }
}

interface Outcome {
  readonly next: GameState
  readonly answer: GameOutput
}

function read(state: GameState): Outcome {
  return { next: state, answer: state.game === null ? { refused: 'no-such-game' } : { state: state.text } }
}

function carryOut(state: GameState, asked: Command, nextId: string): readonly Outcome[] {
  const command: Command = 'what' in asked && asked.what === 'rematch' ? { ...asked, next: nextId } : asked
  const version = command.type === 'create' ? 0 : command.version
  if (version !== undefined && version < state.version - 1) return [repeat(state, command, version)]
  // A command never names a version that its sender has not seen, so no answer to a higher version is valid.
  const isAhead = version !== undefined && version > state.version
  if (isAhead) return []
  if (command.type === 'flag') return fall(state)
  const decision = decide(state.game, command)
  if (decision.type === 'rejected') return [{ next: state, answer: { refused: decision.rejection.name } }]
  if (decision.type === 'done') return [{ next: state, answer: told(state, command) }]
  const next = state.after(decision.event)
  const taken = { next, answer: { state: next.text } }
  return canBeLate(command) ? [taken, ...fall(state)] : [taken]
}

/** A repeat gets the same answer as before; any other command at an old version stays stale forever. */
function repeat(state: GameState, command: Command, version: number): Outcome {
  const then = state.at(version + 1)
  const decision = decide(then.game, command)
  if (decision.type === 'done') return { next: state, answer: told(then, command) }
  const isCreation = command.type === 'create' && decision.type === 'rejected'
  return { next: state, answer: { refused: isCreation ? decision.rejection.name : 'stale' } }
}

/** The answer to a repeat: a command that caused the fall of a flag was refused with `game-over`. */
function told({ game, text }: GameState, command: Command): GameOutput {
  return canBeLate(command) && game?.last.type === 'flagged' ? { refused: 'game-over' } : { state: text }
}

/** The fall of the flag of the player to move; no outcome if no clock runs. */
function fall(state: GameState): readonly Outcome[] {
  const { game } = state
  if (game === null || game.clock === null || game.turn === null) return []
  if (game.players.X === null || game.players.O === null) return []
  return [{ next: state.after({ type: 'flagged', player: game.turn }), answer: { refused: 'game-over' } }]
}

/** Whether the command may be too late and thus cause the fall of a flag. */
function canBeLate({ type }: Command): boolean {
  return type === 'move' || type === 'resign' || type === 'offer' || type === 'answer'
}

/** Whether the refusal may come from the fall of a flag, which changes the game. */
function isLate(input: GameInput, output: GameOutput): boolean {
  return input !== 'read' && canBeLate(input) && 'refused' in output && output.refused === 'game-over'
}

function isSame(a: GameOutput, b: GameOutput): boolean {
  return 'state' in a ? 'state' in b && a.state === b.state : 'refused' in b && a.refused === b.refused
}
