/** The presence of one game on this node and on the others. */
import { type Player, players } from '../../game/index.ts'
import type { Peers } from '../cluster/peers.ts'

export interface Crowd {
  readonly online: Readonly<Record<Player, boolean>>
  readonly watching: number
}

/**
 * The format of a row between nodes: a bit for each player who is online, plus 4 for each other session that watches.
 */
const weights = { X: 1, O: 2, watching: 4 } as const

function rowOf({ online, watching }: Crowd): number {
  return (online.X ? weights.X : 0) + (online.O ? weights.O : 0) + weights.watching * watching
}

const isOnline = (row: number, player: Player): boolean => (row & weights[player]) !== 0

export class ClusterPresence {
  readonly #peers: Peers
  readonly #game: string

  constructor(peers: Peers, game: string) {
    this.#peers = peers
    this.#game = game
  }

  /** Publishes the presence on this node; null: nobody is left. */
  tell(own: Crowd | null): void {
    this.#peers.put('here', this.#game, (own && rowOf(own)) || null)
  }

  /** Adds the presence on other nodes to the presence on this node. */
  with({ online, watching }: Crowd): Crowd {
    const rows = this.#peers.find('here', this.#game)
    const [X, O] = players.map((player) => online[player] || rows.some((row) => isOnline(row, player)))
    const others = rows.reduce((sum, row) => sum + Math.floor(row / weights.watching), 0)
    return { online: { X: X === true, O: O === true }, watching: watching + others }
  }

  /** True if the player was connected to a node that is silent now, and so may still be. */
  mayBeOnline(player: Player): boolean {
    return this.#peers.findSilent('here', this.#game).some((row) => isOnline(row, player))
  }
}
