/** One HTTP request as the service sees it: a connection that asks once. */
import type { IncomingMessage } from 'node:http'
import { checkParams, errors, Fault, makeError, type MethodName, type Result } from '../../protocol/index.ts'
import type { Connection } from '../../service/index.ts'
import { addressOf } from '../address-book.ts'
import type { Host } from '../host.ts'

/** Who asks: from where, and with which proof. */
export interface Asker {
  readonly address: string
  readonly token: string | undefined
}

/** @throws Fault 'bad-token' when there is an Authorization header of another kind. */
export function askerOf(request: IncomingMessage): Asker {
  const { authorization } = request.headers
  const token = authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (authorization !== undefined && token === undefined)
    throw new Fault('bad-token', 'Authorization must be "Bearer" and a token')
  return { address: addressOf(request.socket), token }
}

class Exchange implements Connection {
  readonly door = 'http'
  readonly address: string
  /** The first message that was sent: the answer. */
  answer: string | null = null

  constructor(address: string) {
    this.address = address
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
  { address, token }: Asker,
  method: Method,
  params: unknown,
): Promise<Result<Method>> {
  const caller = host.connect(new Exchange(address))
  try {
    if (token !== undefined) await caller.call('hello', { token })
    return await caller.call(method, checkParams(method, params))
  } finally {
    caller.end()
  }
}

/** Serves one JSON-RPC message; null when it wanted no answer. @throws Fault */
export async function relay(host: Host, { address, token }: Asker, message: string): Promise<string | null> {
  // To the service an empty message is a heartbeat, and whoever asks over HTTP waits for an answer.
  if (message === '') return makeError(null, 'parse-error', errors['parse-error'].message)
  const exchange = new Exchange(address)
  const caller = host.connect(exchange)
  try {
    if (token !== undefined) await caller.call('hello', { token })
    caller.hear(message)
    await caller.finish()
    return exchange.answer
  } finally {
    caller.end()
  }
}
