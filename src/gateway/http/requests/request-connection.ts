/** One HTTP request as the service sees it: a connection with a single request. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault, makeError, type MethodName, type Params, type Result } from '../../../protocol/index.ts'
import type { Allowance, Connection, Session } from '../../../service/index.ts'
import type { Host } from '../../host.ts'
import type { Callers } from './callers.ts'

/** The sender of a request: its address, rate limits and token. */
export interface Sender {
  readonly address: string
  readonly allowance: Allowance
  readonly token: string | undefined
  /** The response; it also closes if the client goes away. */
  readonly response: ServerResponse
}

interface RequestAndResponse {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** @throws Fault 'bad-token' if there is an Authorization header other than Bearer. */
export function senderOf(callers: Callers, { incoming, outgoing }: RequestAndResponse): Sender {
  const { authorization } = incoming.headers
  const token = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (authorization !== undefined && token === undefined)
    throw new Fault('bad-token', 'Authorization must be "Bearer" followed by a token')
  const allowance = callers.allowance(incoming).ofExchange()
  return { address: callers.address(incoming), allowance, token, response: outgoing }
}

class RequestConnection implements Connection {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  /** The first message that the service sent, which is the answer; null before that. */
  answer: string | null = null

  readonly #response: ServerResponse

  constructor({ address, allowance, response }: Sender) {
    this.address = address
    this.allowance = allowance
    this.#response = response
  }

  whenSent(call: () => void): void {
    if (this.#response.closed) call()
    else this.#response.once('close', call)
  }

  send(message: string): void {
    this.answer ??= message
  }

  /** Notifications are dropped: the request has only one answer. */
  notify(): void {}

  close(): void {}
}

/** Calls one method with params that come from the request: the session checks them. @throws Fault */
export async function callMethod<Method extends MethodName>(
  host: Host,
  sender: Sender,
  method: Method,
  params: unknown,
): Promise<Result<Method>> {
  using opened = open(host, sender, new RequestConnection(sender))
  await authenticate(opened.session, sender)
  return await opened.session.call(method, params as Params<Method>)
}

/**
 * Calls a method that gives its sender a seat. A request without a token creates a guest, and the returned `token` proves
 * that guest; it is null if the request had a token. @throws Fault
 */
export async function callForSeat<Method extends MethodName>(
  host: Host,
  sender: Sender,
  method: Method,
  params: unknown,
): Promise<{ readonly result: Result<Method>; readonly token: string | null }> {
  using opened = open(host, sender, new RequestConnection(sender))
  await authenticate(opened.session, sender)
  // Before the call, because a rate refusal of `hello` after it would hide that a seat was taken.
  const token = sender.token === undefined ? (await opened.session.call('hello', {})).token : null
  return { result: await opened.session.call(method, params as Params<Method>), token }
}

/** Serves one JSON-RPC message; null when it wanted no answer. @throws Fault */
export async function relay(host: Host, sender: Sender, message: string): Promise<string | null> {
  // The service takes an empty message for a heartbeat, but an HTTP client waits for an answer.
  if (message === '') return makeError(null, 'parse-error', 'the body is empty; send one JSON-RPC request')
  const connection = new RequestConnection(sender)
  using opened = open(host, sender, connection)
  await authenticate(opened.session, sender)
  opened.session.hear(message)
  await opened.session.finish()
  return connection.answer
}

/** Opens a session that ends with the block of `using`, or earlier if the client goes away. */
function open(
  host: Host,
  { response }: Sender,
  connection: RequestConnection,
): Disposable & { readonly session: Session } {
  const session = host.connect(connection)
  const end = (): void => session.end()
  response.once('close', end)
  return {
    session,
    [Symbol.dispose]() {
      response.off('close', end)
      end()
    },
  }
}

/** Authenticates the session if the request has a token. @throws Fault */
export async function authenticate(session: Session, { token }: Sender): Promise<void> {
  if (token !== undefined) await session.call('hello', { token })
}
