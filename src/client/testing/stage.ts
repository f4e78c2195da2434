/** Everything that a story about a client needs. */
import { seededRandom, VirtualClock } from '../../base/index.ts'
import { presets } from '../../game/index.ts'
import type { GameView } from '../../protocol/shapes.ts'
import { type Client, type ClientOptions, connect } from '../index.ts'
import { Wire } from './wire.ts'

export interface Stage {
  readonly client: Client
  readonly wire: Wire
  readonly clock: VirtualClock
}

/** A client that has just dialled. */
export function setUp(options: ClientOptions = {}): Stage {
  const wire = new Wire()
  const clock = new VirtualClock()
  const client = connect('ws://server', { transport: wire.dial, clock, random: seededRandom(1), ...options })
  return { client, wire, clock }
}

/** A client that has been welcomed. */
export function setUpOpen(options: ClientOptions = {}): Stage {
  const stage = setUp(options)
  stage.wire.welcome()
  return stage
}

const me = { id: 'me', name: 'Me' }
const other = { id: 'other', name: 'Other' }

/** A tic-tac-toe between me, X, and another, after the moves that `board` shows. */
export function makeGame(version = 2, board = '.........', more: Partial<GameView> = {}): GameView {
  const marks = board.replaceAll('.', '').length
  const turn = marks % 2 === 0 ? 'X' : 'O'
  const players = { X: me, O: other }
  return { game: 'g', version, rules: presets.tictactoe, seats: 'invite', board, turn, players, outcome: null, ...more }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
