/** One HTTP request as the service sees it: a connection that asks once. */
import type { IncomingMessage } from 'node:http'
import { checkParams, errors, Fault, makeError, type MethodName, type Result } from '../../protocol/index.ts'
import type { Connection, Purse } from '../../service/index.ts'
import type { Caller, Host } from '../host.ts'
import type { Callers } from './callers.ts'

/** Who asks: from where, paying from what, and with which proof. */
export interface Asker {
  readonly address: string
  readonly purse: Purse
  readonly token: string | undefined
}

/** @throws Fault 'bad-token' when there is an Authorization header of another kind. */
export function askerOf(callers: Callers, request: IncomingMessage): Asker {
  const { authorization } = request.headers
  const token = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (authorization !== undefined && token === undefined)
    throw new Fault('bad-token', 'Authorization must be "Bearer" and a token')
  return { address: callers.address(request), purse: callers.purse(request).ofExchange(), token }
}

class Exchange implements Connection {
  readonly door = 'http'
  readonly address: string
  readonly purse: Purse
  /** The first message that was sent: the answer. */
  answer: string | null = null

  constructor({ address, purse }: Asker) {
    this.address = address
    this.purse = purse
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
  const caller = host.connect(new Exchange(asker))
  try {
    await prove(caller, asker)
    return await caller.call(method, checkParams(method, params))
  } finally {
    caller.end()
  }
}

/** Serves one JSON-RPC message; null when it wanted no answer. @throws Fault */
export async function relay(host: Host, asker: Asker, message: string): Promise<string | null> {
  // To the service an empty message is a heartbeat, and whoever asks over HTTP waits for an answer.
  if (message === '') return makeError(null, 'parse-error', errors['parse-error'].message)
  const exchange = new Exchange(asker)
  const caller = host.connect(exchange)
  try {
    await prove(caller, asker)
    caller.hear(message)
    await caller.finish()
    return exchange.answer
  } finally {
    caller.end()
  }
}

/** Says who asks, where that is known. @throws Fault */
export async function prove(caller: Caller, { token }: Asker): Promise<void> {
  if (token !== undefined) await caller.call('hello', { token })
}
