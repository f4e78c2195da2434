/** A stream of the states of one game, as server-sent events or as lines of JSON. */
import type { ServerResponse } from 'node:http'
import { type GameView, makeNotification } from '../../../protocol/index.ts'
import type { Connection, Allowance } from '../../../service/index.ts'
import { Heartbeat, type HeartbeatTarget } from '../../flow/heartbeat.ts'
import { Outbox, type OutboxTarget } from '../../flow/outbox.ts'
import type { GatewayContext, GatewayConnection } from '../../shared.ts'
import { makeDigest, makeVersionId } from './version-tag.ts'
import type { Sender } from '../server/request-connection.ts'

/** The media type of each format. */
export const changesTypes = { events: 'text/event-stream', lines: 'application/x-ndjson' } as const
export type ChangesFormat = keyof typeof changesTypes

/** How long a client waits before it reconnects after its stream broke, in ms. */
const retryMs = 2_000

/**
 * The parts of a notification. One with a version is a `game.changed`, whose first members are game and version. Parsing and
 * serialising the whole state for each of a thousand watchers would cost more than everything else.
 */
const shape =
  /^\{"jsonrpc":"2\.0","method":"(?<method>[^"]*)","params":(?<params>\{"game":"[^"]*","version":(?<version>\d+),.*|.*)\}$/s

export class Changes implements Connection, GatewayConnection, OutboxTarget, HeartbeatTarget {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  readonly #shared: GatewayContext
  readonly #response: ServerResponse
  readonly #format: ChangesFormat
  readonly #outbox: Outbox
  /** The newest version that was sent. States arrive in order, but the first one is an answer, which a change may overtake. */
  #version = -1
  /** In the state that the client has, the clock waits for its player [S34]; the same version is sent again when the clock starts. */
  #isWaiting = false
  /** Calls made before the response began; they are made when it begins. Null after that. */
  #deferred: (() => void)[] | null = []

  constructor(response: ServerResponse, format: ChangesFormat, { address, allowance }: Sender, shared: GatewayContext) {
    this.address = address
    this.allowance = allowance
    this.#shared = shared
    this.#response = response
    this.#format = format
    this.#outbox = new Outbox(this, response, 'utf8', shared)
  }

  /** Begins the response unless the client is gone. @param seen the Last-Event-ID of a client that reconnects. */
  begin(view: GameView, seen: string | string[] | undefined, ended: () => void): void {
    if (this.#response.destroyed) return ended()
    this.#response.writeHead(200, {
      'Content-Type': changesTypes[this.#format],
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // A proxy that buffers the response would delay every move.
      'X-Accel-Buffering': 'no',
    })
    this.#response.flushHeaders()
    this.#response.on('drain', () => this.#outbox.drain())
    const heartbeat = new Heartbeat(this.#shared, this)
    this.#response.on('close', () => {
      heartbeat.end()
      this.#outbox.end()
      this.#shared.leave(this)
      ended()
    })
    this.#shared.enter(this)
    if (this.#format === 'events') this.#outbox.sendFrame(`retry: ${retryMs}\n\n`)
    const deferred = this.#deferred ?? []
    this.#deferred = null
    for (const call of deferred) call()
    const { history } = this.#shared.host
    if (seen === makeVersionId(view.version, history, makeDigest(view)))
      this.#setSent(view.version, view.clock?.running === false)
    else this.send(makeNotification('game.changed', JSON.stringify(view)))
    // A client that closes its half has left: nobody does that to listen for long.
    const { socket } = this.#response.req
    if (socket.readableEnded) this.close()
    else socket.once('end', () => this.close())
  }

  send(message: string): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.send(message))
    this.#outbox.send(message)
  }

  sendNewest(key: string, message: string): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.sendNewest(key, message))
    this.#outbox.sendNewest(key, message)
  }

  close(): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.close())
    this.#outbox.finish()
    this.#response.end()
  }

  /** A notification in the format of the stream; '' if it is not newer than what was sent. */
  frame(message: string): string {
    const { method = '', params = '', version } = shape.exec(message)?.groups ?? {}
    if (version !== undefined) {
      const isStart = this.#isWaiting && Number(version) === this.#version && params.includes('"running":true')
      if (Number(version) <= this.#version && !isStart) return ''
      this.#setSent(Number(version), params.includes('"running":false'))
    }
    if (this.#format === 'lines') return `${message}\n`
    const id = version === undefined ? '' : `id: ${idOf(params, this.#shared.host.history)}\n`
    return `event: ${method}\n${id}data: ${params}\n\n`
  }

  /** There are no requests that would have to wait. */
  slow(): void {}

  yield(): void {}

  cutOff(): void {
    this.#response.destroy()
  }

  beat(): void {
    this.#outbox.sendFrame(this.#format === 'events' ? ':\n\n' : '\n')
  }

  /** The client sends nothing, so it owes no heartbeats. */
  isOwed(): boolean {
    return false
  }

  lose(): void {}

  #setSent(version: number, isWaiting: boolean): void {
    this.#version = version
    this.#isWaiting = isWaiting
  }
}

/** The last state and its id, cached because many streams send the same state one after the other. */
let lastState = { params: '', history: '', id: '' }

function idOf(params: string, history: string): string {
  if (lastState.params !== params || lastState.history !== history) {
    const view = JSON.parse(params) as GameView
    lastState = { params, history, id: makeVersionId(view.version, history, makeDigest(view)) }
  }
  return lastState.id
}
