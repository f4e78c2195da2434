/** Serves the pipelined requests of a connection one at a time and in order, and none after the answer that closes it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FairScheduler } from '../../flow/fair-scheduler.ts'

/** From this number of waiting requests on, the connection is not read until they are answered. */
const busyFrom = 32

interface Turn {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Resolves when the previous request is answered; undefined if there was none. */
  readonly before: Promise<void> | undefined
}

export interface PipelineQueueOptions {
  /** The number of requests of one connection that may wait; with more it is disconnected. */
  readonly waitingMax: number
  readonly scheduler: FairScheduler
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
  /** Called when every request of the connection is answered, and when a request arrives. */
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
    const previous = this.current(socket)
    const before = previous && closed(previous.response)
    this.#latest.set(socket, { request, response, before })
    if (before !== undefined) {
      const waiting = this.#waiting.get(socket) ?? 0
      if (waiting >= waitingMax) return void socket.destroy()
      this.#waiting.set(socket, waiting + 1)
      await before
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1)
      // A later turn of the event loop, so that not all pipelined requests are served in one turn.
      scheduler.wait(() => this.#serveIfWritable(request, response))
    } else scheduler.enter(() => this.#serveIfWritable(request, response))
  }

  #serveIfWritable(request: IncomingMessage, response: ServerResponse): void {
    if (request.socket.writable) this.#options.serve(request, response)
  }

  /** Whether many requests of the connection wait for their turn. */
  isBusy(socket: Duplex): boolean {
    return (this.#waiting.get(socket) ?? 0) >= busyFrom
  }

  /** Resolves when all complete requests are answered; at once if the last request is incomplete. */
  async answered(socket: Duplex): Promise<void> {
    const turn = this.current(socket)
    if (turn?.request.complete === true) await closed(turn.response)
  }

  /** The newest turn, if its answer is not complete; else undefined. */
  current(socket: Duplex): Turn | undefined {
    const turn = this.#latest.get(socket)
    return turn === undefined || turn.response.closed ? undefined : turn
  }
}

/** Resolves when the response is closed, whether sent or not. */
export function closed(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('close', resolve)
  return promise
}
