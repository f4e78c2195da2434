/** One request and its answer, over any protocol that speaks JSON. */
import type { ErrorName, MethodName, Params } from '../../src/protocol/index.ts'
import type { Wire } from './wire.ts'

export interface Answer<Result = unknown> {
  readonly result?: Result
  readonly error?: { readonly data?: { readonly name?: ErrorName; readonly retry?: string } }
}

export function makeRequest<Method extends MethodName>(id: number, method: Method, params: Params<Method>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** The next answer; what was said unasked is passed over. @throws when none comes, or the connection ends first. */
export async function hearAnswer<Result>(wire: Wire): Promise<Answer<Result>> {
  for (;;) {
    const line = await wire.inbox.next()
    // A heartbeat.
    if (line === '') continue
    const message = JSON.parse(line) as Answer<Result>
    if (message.result !== undefined || message.error !== undefined) return message
  }
}

/** Nothing else may be under way on this connection. */
export function ask<Result>(wire: Wire, request: string): Promise<Answer<Result>> {
  wire.say(request)
  return hearAnswer<Result>(wire)
}
