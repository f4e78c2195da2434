/** The requests about each game, with their senders and results. */
import { OxoError } from '../src/client/index.ts'
import type { Command } from '../src/game/index.ts'
import { type RejectionName, rejections } from '../src/game/index.ts'
import type { GameView } from '../src/protocol/index.ts'
import type { GameInput } from '../src/testing/index.ts'
import type { Life } from './node.ts'
import type { World } from './world.ts'

/** How a request ended. */
export type RequestEnd =
  /** It has not ended yet. */
  | { readonly type: 'open' }
  | { readonly type: 'state'; readonly view: GameView }
  | { readonly type: 'refused'; readonly name: RejectionName }
  /** The client got `outcome-unknown`. */
  | { readonly type: 'unknown' }
  /** The client got an error that means: not executed. */
  | { readonly type: 'undone'; readonly name: string }

export interface Asked {
  readonly client: string
  readonly game: string
  readonly input: GameInput
  /** Sequence number of the world. */
  readonly invoked: number
  returned: number
  /** In ms of virtual time. Infinity until it has ended, for `endedAt`. */
  readonly askedAt: number
  endedAt: number
  ending: RequestEnd
  /** The node's life that answered. */
  by: Life | null
  /** How often it was sent again. */
  repeats: number
}

/** A client as its transport sees it. */
export interface CommandSender {
  readonly name: string
  /** The node's life that sent the last message. */
  readonly servedBy: Life | null
  /** The number of sent requests to join `game`. */
  joins(game: string): number
}

export class History {
  readonly asked: Asked[] = []
  /** Errors that no client should ever get. */
  readonly surprises: string[] = []
  #open = 0
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  get open(): number {
    return this.#open
  }

  /** Records a request from its invocation to its answer. */
  record(sender: CommandSender, game: string, input: GameInput, ask: () => Promise<GameView>): Promise<void> {
    const joinsBefore = sender.joins(game)
    const asked: Asked = {
      client: sender.name,
      game,
      input,
      invoked: this.#world.next(),
      returned: Infinity,
      askedAt: this.#world.now,
      endedAt: Infinity,
      ending: { type: 'open' },
      by: null,
      repeats: 0,
    }
    this.asked.push(asked)
    this.#open++
    const end = (ending: RequestEnd): void => {
      this.#open--
      asked.returned = this.#world.next()
      asked.endedAt = this.#world.now
      asked.ending = ending
      asked.by = sender.servedBy
      asked.repeats = isJoin(input) ? sender.joins(game) - joinsBefore - 1 : 0
      this.#world.note(sender.name, `${describeRequest(game, input)} → ${describeEnding(ending)}`, { kind: 'end' })
    }
    return ask().then(
      (view) => end({ type: 'state', view }),
      (error: unknown) => end(this.#endingOf(error, describeRequest(game, input))),
    )
  }

  #endingOf(error: unknown, what: string): RequestEnd {
    if (!(error instanceof OxoError)) throw error
    const { name } = error
    if (name === 'outcome-unknown') return { type: 'unknown' }
    if (isRejection(name)) return { type: 'refused', name }
    if (name !== 'unavailable') this.surprises.push(`${what}: ${name}: ${error.message}`)
    return { type: 'undone', name }
  }
}

function isJoin(input: GameInput): boolean {
  return input !== 'read' && input.type === 'join'
}

function isRejection(name: string): name is RejectionName {
  return (rejections as readonly string[]).includes(name)
}

/** `g1: move 1 2 at 5` */
export function describeRequest(game: string, input: GameInput): string {
  return `${game}: ${input === 'read' ? 'look' : describeCommand(input)}`
}

function describeCommand(command: Command): string {
  const at = 'version' in command && command.version !== undefined ? ` at ${command.version}` : ''
  switch (command.type) {
    case 'move':
      return `move ${command.player === undefined ? '' : `${command.player} `}${command.x} ${command.y}${at}`
    case 'offer':
      return `offer ${command.what}${at}`
    case 'answer':
      return `${command.accept ? 'accept' : 'decline'} ${command.what}${at}`
    case 'create':
    case 'join':
    case 'resign':
    case 'restart':
    case 'flag':
    case 'abandon':
      return `${command.type}${at}`
  }
}

export function describeEnding(ending: RequestEnd): string {
  switch (ending.type) {
    case 'state':
      return `version ${ending.view.version}`
    case 'refused':
      return ending.name
    case 'undone':
      return `not done (${ending.name})`
    case 'unknown':
      return 'outcome unknown'
    case 'open':
      return 'no answer'
  }
}
