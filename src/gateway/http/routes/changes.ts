/** A stream of the states of one game, as server-sent events or as lines of JSON. */
import type { ServerResponse } from 'node:http'
import type { GameView } from '../../../protocol/index.ts'
import { type Allowance, type AnyNotification, Change, type Connection } from '../../../service/index.ts'
import { OutboundStream, type OutboundTarget } from '../../flow/outbound-stream.ts'
import type { GatewayContext } from '../../shared.ts'
import { makeDigest, makeVersionId } from './version-tag.ts'
import type { Sender } from '../requests/request-connection.ts'

/** The media type of each format. */
export const changesTypes = { events: 'text/event-stream', lines: 'application/x-ndjson' } as const
export type ChangesFormat = keyof typeof changesTypes

/** How long a client waits before it reconnects after its stream broke, in ms. */
const retryMs = 2_000

export class Changes implements Connection, OutboundTarget {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  readonly #shared: GatewayContext
  readonly #response: ServerResponse
  readonly #format: ChangesFormat
  readonly #outbound: OutboundStream
  /** The newest version that was sent. States arrive in order, but the first one is an answer, which a change may overtake. */
  #version = -1
  /** In the state that the client has, the clock waits for its player [S34]; the same version is sent again when the clock starts. */
  #isWaiting = false
  /** What was called before the response began; it is called again when it begins. Null after that. */
  #deferred: (() => void)[] | null = []

  constructor(response: ServerResponse, format: ChangesFormat, { address, allowance }: Sender, shared: GatewayContext) {
    this.address = address
    this.allowance = allowance
    this.#shared = shared
    this.#response = response
    this.#format = format
    this.#outbound = new OutboundStream(this, { sink: response, encoding: 'utf8', hasHeartbeat: true }, shared)
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
    this.#response.on('drain', () => this.#outbound.drain())
    this.#response.on('close', () => {
      this.#outbound.leave()
      ended()
    })
    this.#outbound.open()
    if (this.#format === 'events') this.#outbound.send(`retry: ${retryMs}\n`)
    const deferred = this.#deferred ?? []
    this.#deferred = null
    for (const call of deferred) call()
    const { history } = this.#shared.host
    if (seen === makeVersionId(view.version, history, makeDigest(view)))
      this.#setSent(view.version, view.clock?.running === false)
    else this.notify(new Change(view))
    // A client that closes its half has left: nobody does that to listen for long.
    const { socket } = this.#response.req
    if (socket.readableEnded) this.close()
    else socket.once('end', () => this.close())
  }

  /** Only notifications are expected here; an answer would become an event without a name. */
  send(answer: string): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.send(answer))
    this.#outbound.send(this.#format === 'lines' ? answer : `data: ${answer}\n`)
  }

  notify(notification: AnyNotification): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.notify(notification))
    if (notification.name === 'game.changed' && !this.#isNewer(notification.params)) return
    const message = this.#format === 'lines' ? notification.message : eventOf(notification, this.#shared.host.history)
    this.#outbound.sendNewest(notification.key, message)
  }

  close(): void {
    if (this.#deferred !== null) return void this.#deferred.push(() => this.close())
    this.#outbound.finish()
    this.#response.end()
  }

  frame(message: string): string {
    return `${message}\n`
  }

  cutOff(): void {
    this.#response.destroy()
  }

  beat(): void {
    this.#outbound.send(this.#format === 'events' ? ':\n' : '')
  }

  /** The client sends nothing, so it owes no heartbeats. */
  expectsTraffic(): boolean {
    return false
  }

  peerIsGone(): void {}

  /** True if the client does not have this state yet. It then counts as sent. */
  #isNewer({ version, clock }: GameView): boolean {
    const isStart = this.#isWaiting && version === this.#version && clock?.running === true
    if (version <= this.#version && !isStart) return false
    this.#setSent(version, clock?.running === false)
    return true
  }

  #setSent(version: number, isWaiting: boolean): void {
    this.#version = version
    this.#isWaiting = isWaiting
  }
}

/** The last event, cached because many streams send the same state one after the other. */
let last: { readonly notification: AnyNotification; readonly history: string; readonly event: string } | null = null

/** A server-sent event without the empty line after it. */
function eventOf(notification: AnyNotification, history: string): string {
  if (last?.notification === notification && last.history === history) return last.event
  const { name, params, json } = notification
  const id = name === 'game.changed' ? `id: ${makeVersionId(params.version, history, makeDigest(params))}\n` : ''
  last = { notification, history, event: `event: ${name}\n${id}data: ${json}\n` }
  return last.event
}
