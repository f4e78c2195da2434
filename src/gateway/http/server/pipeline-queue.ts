/** Requests of one connection, one at a time: pipelined ones are served in order, and none behind the last answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FairScheduler } from '../../flow/inbound-queue.ts'

/** From here on no more is read until these are answered. */
const waitingMany = 32

interface Turn {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Resolves when the request before it is answered; undefined where none was under way. */
  readonly before: Promise<void> | undefined
}

export interface PipelineQueueOptions {
  /** Requests of one connection that may wait; it is cut off with more. */
  readonly waitingMax: number
  readonly scheduler: FairScheduler
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
  /** Every request of the connection is answered, or one has come. */
  readonly idle: (socket: Socket, isIdle: boolean) => void
}

export class PipelineQueue {
  readonly #options: PipelineQueueOptions
  readonly #latest = new WeakMap<Duplex, Turn>()
  readonly #waiting = new WeakMap<Duplex, number>()

  constructor(options: PipelineQueueOptions) {
    this.#options = options
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    const { waitingMax, scheduler, idle } = this.#options
    idle(socket, false)
    response.once('close', () => {
      if (this.current(socket) === undefined) idle(socket, true)
    })
    const under = this.current(socket)
    const before = under && closed(under.response)
    this.#latest.set(socket, { request, response, before })
    if (before !== undefined) {
      const waiting = this.#waiting.get(socket) ?? 0
      if (waiting >= waitingMax) return void socket.destroy()
      this.#waiting.set(socket, waiting + 1)
      await before
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1)
      // One after the other, but not all in one turn of the loop.
      scheduler.wait(() => this.#serveIfHeard(request, response))
    } else scheduler.enter(() => this.#serveIfHeard(request, response))
  }

  #serveIfHeard(request: IncomingMessage, response: ServerResponse): void {
    if (request.socket.writable) this.#options.serve(request, response)
  }

  /** Whether many requests of the connection wait behind the one that is being answered. */
  isBusy(socket: Duplex): boolean {
    return (this.#waiting.get(socket) ?? 0) >= waitingMany
  }

  /** Resolves when each request that has arrived whole is answered, or at once where the last has not. */
  async answered(socket: Duplex): Promise<void> {
    const turn = this.current(socket)
    if (turn?.request.complete === true) await closed(turn.response)
  }

  /** The turn that has no complete answer yet. */
  current(socket: Duplex): Turn | undefined {
    const turn = this.#latest.get(socket)
    return turn === undefined || turn.response.closed ? undefined : turn
  }
}

/** Resolves when the response is over, sent or not. */
export function closed(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('close', resolve)
  return promise
}
