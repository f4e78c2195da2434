/** The interface of the service that the gateway uses; tests use a stub. */
import type { GameView } from '../protocol/index.ts'
import type { Allowance, Connection, ReadinessReport, Session } from '../service/index.ts'

export interface Host {
  /** The id of the history; it changes when the journal is replaced. 1 to 32 characters of A–Z a–z 0–9 _ -. */
  readonly history: string
  /** The current state of a live game; null if the game is not in memory. */
  stateOf(game: string): GameView | null
  connect(connection: Connection): Session
  /** The rate limits that the requests of a connection from this address are charged to. */
  allowance(address: string): Allowance
  readiness(): Promise<ReadinessReport>
  /** Refuses commands from now on and sends `server.closing`; resolves when every pending answer is queued. */
  drain(reason: string, reconnectInMs: number): Promise<void>
}
