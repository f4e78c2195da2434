/** What the gateway needs of whatever answers: the service, or a stand-in. */
import type { GameView, MethodName, Params, Result } from '../protocol/index.ts'
import type { Connection, Allowance, Talk } from '../service/index.ts'

export interface ReadinessAnswer {
  readonly ready: boolean
  readonly draining: boolean
  /** By name: 'ok', or the reason why not. */
  readonly checks: Readonly<Record<string, string>>
}

export interface Caller extends Talk {
  /**
   * Nothing more will be heard, but answers can still be sent: the other side has closed its half. Resolves when every
   * answer owed is queued.
   */
  finish(): Promise<void>
  /** @throws Fault */
  call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>>
}

export interface Host {
  /** Which games are served; another text once they were replaced. 1 to 32 characters of A–Z a–z 0–9 _ -. */
  readonly history: string
  /** A game as it stands, where that is in memory; null where it has to be asked for. */
  stateOf(game: string): GameView | null
  connect(connection: Connection): Caller
  /** What the requests of a connection from this address are paid from. */
  allowance(address: string): Allowance
  readiness(): Promise<ReadinessAnswer>
  /** Refuses commands from now on and says `server.closing`; resolves when the answers it owed are queued. */
  drain(reason: string, reconnectInMs: number): Promise<void>
}
