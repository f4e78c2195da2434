/** The client of Oxo for any host that has WebSocket. No dependencies. */
import { Client } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { dialWebSocket } from './web-socket.ts'

/**
 * A client of the server at `url`: `ws:`, `wss:`, `http:` or `https:`. It connects in the background, and again
 * whenever the connection is lost, until it is closed; what is asked meanwhile waits. Whatever is asked rejects with an
 * {@link OxoError}, or with the reason of a signal of yours, and nothing else. What a listener throws breaks nothing: it is reported as an error nobody caught.
 * @throws TypeError for an address that cannot be reached from this host, whatever happens.
 */
export function connect(url: string | URL, options: ClientOptions = {}): Client {
  const address = new URL(url)
  if (options.transport !== undefined) return new Client(address, options.transport, options)
  if (/^(ws|http)s?:$/.test(address.protocol)) return new Client(address, dialWebSocket, options)
  throw new TypeError(`there is no way to ${address.href} from here: name a ws:, wss:, http: or https: address`)
}

export { Client } from './client.ts'
export type { AskOptions, ClientOptions } from './client-options.ts'
export { type CommandOptions, GameHandle, type MoveOptions, type Unanswered } from './game-handle.ts'
export type { ConnectionState, Hello } from './reconnecting-connection.ts'
export { LobbyHandle } from './lobby-handle.ts'
export { OxoError } from './oxo-error.ts'
export { readRecord, type Sha256, verifyRecord } from './record.ts'
export type { Dial, Transport, TransportListener } from './transport.ts'
export { dialWebSocket } from './web-socket.ts'
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
export type { ErrorDetail, ErrorName, Retry } from '../protocol/errors.ts'
export type { MethodName, Notification, NotificationName, Params, Result } from '../protocol/methods.ts'
export type { GameRecord, GameSummary, GameView } from '../protocol/shapes.ts'
