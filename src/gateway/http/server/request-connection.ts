/** One HTTP request as the service sees it: a connection that asks once. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkParams, Fault, makeError, type MethodName, type Result } from '../../../protocol/index.ts'
import type { Connection, Allowance } from '../../../service/index.ts'
import type { Caller, Host } from '../../host.ts'
import type { Callers } from './callers.ts'

/** Who asks: from where, paying from what, and with which proof. */
export interface Asker {
  readonly address: string
  readonly allowance: Allowance
  readonly token: string | undefined
  /** Through which the answer leaves; closed, it may also be that whoever asked has gone. */
  readonly response: ServerResponse
}

interface Sides {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** @throws Fault 'bad-token' when there is an Authorization header of another kind. */
export function askerOf(callers: Callers, { incoming, outgoing }: Sides): Asker {
  const { authorization } = incoming.headers
  const token = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (authorization !== undefined && token === undefined)
    throw new Fault('bad-token', 'Authorization must be "Bearer" and a token')
  const allowance = callers.allowance(incoming).ofExchange()
  return { address: callers.address(incoming), allowance, token, response: outgoing }
}

class Exchange implements Connection {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  /** The first message that was sent: the answer. */
  answer: string | null = null

  readonly #response: ServerResponse

  constructor({ address, allowance, response }: Asker) {
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

  /** Nobody listens for news. */
  sendNewest(): void {}

  close(): void {}
}

/** Calls one method. @throws Fault */
export async function ask<Method extends MethodName>(
  host: Host,
  asker: Asker,
  method: Method,
  params: unknown,
): Promise<Result<Method>> {
  using caller = open(host, asker, new Exchange(asker))
  await prove(caller.talk, asker)
  return await caller.talk.call(method, checkParams(method, params))
}

/**
 * Calls one method that gives its sender a seat. A request without a token becomes a new guest; `token` then proves who that
 * is. Null: the request had one. @throws Fault
 */
export async function askForSeat<Method extends MethodName>(
  host: Host,
  asker: Asker,
  method: Method,
  params: unknown,
): Promise<{ readonly result: Result<Method>; readonly token: string | null }> {
  using caller = open(host, asker, new Exchange(asker))
  await prove(caller.talk, asker)
  const checked = checkParams(method, params)
  // First: what is refused for its rate must not hide that a seat was taken.
  const token = asker.token === undefined ? (await caller.talk.call('hello', {})).token : null
  return { result: await caller.talk.call(method, checked), token }
}

/** Serves one JSON-RPC message; null when it wanted no answer. @throws Fault */
export async function relay(host: Host, asker: Asker, message: string): Promise<string | null> {
  // To the service an empty message is a heartbeat, and whoever asks over HTTP waits for an answer.
  if (message === '') return makeError(null, 'parse-error', 'the body is empty; send one JSON-RPC request')
  const exchange = new Exchange(asker)
  using caller = open(host, asker, exchange)
  await prove(caller.talk, asker)
  caller.talk.hear(message)
  await caller.talk.finish()
  return exchange.answer
}

/** Ends with its block, or before that when whoever asks has gone. */
function open(host: Host, { response }: Asker, exchange: Exchange): Disposable & { readonly talk: Caller } {
  const talk = host.connect(exchange)
  const end = (): void => talk.end()
  response.once('close', end)
  return {
    talk,
    [Symbol.dispose]() {
      response.off('close', end)
      end()
    },
  }
}

/** Says who asks, where that is known. @throws Fault */
export async function prove(caller: Caller, { token }: Asker): Promise<void> {
  if (token !== undefined) await caller.call('hello', { token })
}
