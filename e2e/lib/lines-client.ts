/** A client of JSON lines from a chosen local address, with many requests in flight. */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { RpcAnswer } from './ask.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'

export class LinesClient implements Disposable {
  readonly #socket: Socket
  readonly #waiting = new Map<number, PromiseWithResolvers<RpcAnswer>>()
  #asked = 0

  constructor({ host, port }: Endpoint, localAddress: string) {
    this.#socket = connect({ host, port, localAddress, noDelay: true })
    this.#socket.on('error', () => {}).on('close', () => this.#lose())
    createInterface(this.#socket).on('line', (line) => {
      // An empty line is a heartbeat.
      if (line === '') return
      const { id, ...answer } = JSON.parse(line) as RpcAnswer & { readonly id?: number }
      if (id === undefined) return
      this.#waiting.get(id)?.resolve(answer)
      this.#waiting.delete(id)
    })
  }

  /** @throws Error if the connection ends before the answer */
  async ask<Result>(method: string, params: object): Promise<RpcAnswer<Result>> {
    if (this.#socket.destroyed) throw new Error('the connection was closed')
    const id = ++this.#asked
    const answered = Promise.withResolvers<RpcAnswer>()
    this.#waiting.set(id, answered)
    this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    return answered.promise as Promise<RpcAnswer<Result>>
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #lose(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the connection was closed'))
  }
}
