/** The client of Oxo for any host that has WebSocket. It has no dependencies. */
import { Client } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { dialWebSocket } from './web-socket.ts'

/**
 * Returns a client of the server at `url`, which is a `ws:`, `wss:`, `http:` or `https:` address. The client connects
 * in
 * the background, and reconnects whenever the connection is lost, until it is closed; requests wait meanwhile. Every
 * request rejects only with an {@link OxoError} or with the reason of the caller's signal. An error thrown by a
 * listener
 * does not affect the client: it surfaces as an uncaught error of the host.
 * @throws TypeError if no transport of this host supports the address.
 */
export function connect(url: string | URL, options: ClientOptions = {}): Client {
  const address = new URL(url)
  if (options.transport !== undefined) return new Client(address, options.transport, options)
  if (/^(ws|http)s?:$/.test(address.protocol)) return new Client(address, dialWebSocket, options)
  throw new TypeError(`this host cannot connect to ${address.href}: name a ws:, wss:, http: or https: address`)
}

export { Client } from './client.ts'
export type { ClientOptions } from './client-options.ts'
export { type CommandOptions, GameHandle, type MoveOptions, type Unanswered } from './game-handle.ts'
export type { ConnectionState, Hello } from './reconnecting-connection.ts'
export { LobbyHandle } from './lobby-handle.ts'
export { OxoError } from './oxo-error.ts'
export { readRecord, type Sha256, verifyRecord } from './record.ts'
export type { Dial, Transport, TransportListener } from './transport.ts'
export { dialWebSocket } from './web-socket.ts'
export type { AskOptions } from './words.ts'
export type { Clock, Random, Timer } from '../base/index.ts'
export type {
  Account,
  Level,
  Mark,
  MarkRule,
  OfferKind,
  Outcome,
  Place,
  Player,
  Rules,
  TimeControl,
} from '../game/index.ts'
export type {
  ErrorDetail,
  ErrorName,
  Retry,
  MethodName,
  Notification,
  NotificationName,
  Params,
  Result,
  GameRecord,
  GameSummary,
  GameView,
  Saying,
} from '../protocol/index.ts'
