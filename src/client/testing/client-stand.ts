/** The fixtures of client tests. */
import { seededRandom, VirtualClock } from '../../base/index.ts'
import { presets } from '../../game/index.ts'
import type { GameView } from '../../protocol/index.ts'
import { type Client, type ClientOptions, connect } from '../index.ts'
import { StubTransport } from './stub-transport.ts'

export interface ClientStand {
  readonly client: Client
  readonly wire: StubTransport
  readonly clock: VirtualClock
}

/** A client that has just dialled; its connection is not open yet. */
export function setUp(options: ClientOptions = {}): ClientStand {
  const wire = new StubTransport()
  const clock = new VirtualClock()
  const client = connect('ws://server', { transport: wire.dial, clock, random: seededRandom(1), ...options })
  return { client, wire, clock }
}

/** A client with an open connection: its hello was answered. */
export function setUpOpen(options: ClientOptions = {}): ClientStand {
  const stage = setUp(options)
  stage.wire.welcome()
  return stage
}

const me = { id: 'me', name: 'Me' }
const other = { id: 'other', name: 'Other' }

/** A tic-tac-toe between `me` (X) and `other` (O), after the moves that `board` shows. */
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
