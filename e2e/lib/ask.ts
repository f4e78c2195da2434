/** One request and its answer, over any JSON protocol. */
import type { ErrorName, MethodName, Params } from '../../src/protocol/index.ts'
import type { TestConnection } from '../../src/conformance/wire.ts'

export interface RpcAnswer<Result = unknown> {
  readonly result?: Result
  readonly error?: { readonly data?: { readonly name?: ErrorName; readonly retry?: string } }
}

export function makeRpcRequest<Method extends MethodName>(id: number, method: Method, params: Params<Method>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** Reads the next answer and skips notifications. @throws if none arrives in time, or the connection ends first. */
export async function readAnswer<Result>(wire: TestConnection): Promise<RpcAnswer<Result>> {
  for (;;) {
    const line = await wire.inbox.next()
    // An empty line is a heartbeat.
    if (line === '') continue
    const message = JSON.parse(line) as RpcAnswer<Result>
    if (message.result !== undefined || message.error !== undefined) return message
  }
}

/** Sends a request and reads its answer. No other request may be in flight on this connection. */
export function askServer<Result>(wire: TestConnection, request: string): Promise<RpcAnswer<Result>> {
  wire.send(request)
  return readAnswer<Result>(wire)
}
