/** A response that goes on: the states of one game, as server-sent events or as lines of JSON. */
import type { ServerResponse } from 'node:http'
import { type GameView, makeNotification } from '../../../protocol/index.ts'
import type { Connection, Allowance } from '../../../service/index.ts'
import { Heartbeat, type HeartbeatTarget } from '../../flow/heartbeat.ts'
import { Outbox, type OutboxTarget } from '../../flow/outbox.ts'
import type { Shared, Wire } from '../../shared.ts'
import { makeDigest, makeVersionId } from './version-tag.ts'
import type { Asker } from '../server/request-connection.ts'

/** The media types, by what a reader calls them. */
export const changesTypes = { events: 'text/event-stream', lines: 'application/x-ndjson' } as const
export type ChangesFormat = keyof typeof changesTypes

/** How long a reader whose stream was cut waits before it comes back. */
const retryMs = 2_000

/**
 * A notification in its parts; one with a version is a `game.changed`, whose first members are game and version. Reading
 * all of a state for each of a thousand who hear of it, and writing it again, would cost more than everything else.
 */
const shape =
  /^\{"jsonrpc":"2\.0","method":"(?<method>[^"]*)","params":(?<params>\{"game":"[^"]*","version":(?<version>\d+),.*|.*)\}$/s

export class Changes implements Connection, Wire, OutboxTarget, HeartbeatTarget {
  readonly protocol = 'http'
  readonly address: string
  readonly allowance: Allowance
  readonly #shared: Shared
  readonly #response: ServerResponse
  readonly #format: ChangesFormat
  readonly #outbox: Outbox
  /** The newest version that was sent. States come in order, but the first one is an answer and may be overtaken. */
  #version = -1
  /** In the state that the reader has, the clock waits for its player [S34]: it is told once more when that runs. */
  #isWaiting = false
  /** What is called before the response has begun, which then comes first; null once it has. */
  #early: (() => void)[] | null = []

  constructor(response: ServerResponse, format: ChangesFormat, { address, allowance }: Asker, shared: Shared) {
    this.address = address
    this.allowance = allowance
    this.#shared = shared
    this.#response = response
    this.#format = format
    this.#outbox = new Outbox(this, response, 'utf8', shared)
  }

  /** Begins the response, unless its reader is gone. `seen`: the id of the state that the reader has, if it was here before. */
  begin(view: GameView, seen: string | string[] | undefined, ended: () => void): void {
    if (this.#response.destroyed) return ended()
    this.#response.writeHead(200, {
      'Content-Type': changesTypes[this.#format],
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // A proxy that gathered a page of this before passing it on would hold back every move.
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
    const early = this.#early ?? []
    this.#early = null
    for (const call of early) call()
    const { history } = this.#shared.host
    if (seen === makeVersionId(view.version, history, makeDigest(view)))
      this.#has(view.version, view.clock?.running === false)
    else this.send(makeNotification('game.changed', JSON.stringify(view)))
    // A reader that has nothing more to ask has left: nobody closes one half of a request to listen for long.
    const { socket } = this.#response.req
    if (socket.readableEnded) this.close()
    else socket.once('end', () => this.close())
  }

  send(message: string): void {
    if (this.#early !== null) return void this.#early.push(() => this.send(message))
    this.#outbox.send(message)
  }

  sendNewest(key: string, message: string): void {
    if (this.#early !== null) return void this.#early.push(() => this.sendNewest(key, message))
    this.#outbox.sendNewest(key, message)
  }

  close(): void {
    if (this.#early !== null) return void this.#early.push(() => this.close())
    this.#outbox.finish()
    this.#response.end()
  }

  /** A notification in the reader's format; '' when it is older than what was sent. */
  frame(message: string): string {
    const { method = '', params = '', version } = shape.exec(message)?.groups ?? {}
    if (version !== undefined) {
      const isStart = this.#isWaiting && Number(version) === this.#version && params.includes('"running":true')
      if (Number(version) <= this.#version && !isStart) return ''
      this.#has(Number(version), params.includes('"running":false'))
    }
    if (this.#format === 'lines') return `${message}\n`
    const id = version === undefined ? '' : `id: ${idOf(params, this.#shared.host.history)}\n`
    return `event: ${method}\n${id}data: ${params}\n\n`
  }

  /** It hears nothing, so nothing has to wait. */
  slow(): void {}

  yield(): void {}

  cutOff(): void {
    this.#response.destroy()
  }

  beat(): void {
    this.#outbox.sendFrame(this.#format === 'events' ? ':\n\n' : '\n')
  }

  /** It has nothing to say. */
  isOwed(): boolean {
    return false
  }

  lose(): void {}

  #has(version: number, isWaiting: boolean): void {
    this.#version = version
    this.#isWaiting = isWaiting
  }
}

/** The state that was told last, and its id: many hear the same one after the other. */
let told = { params: '', history: '', id: '' }

function idOf(params: string, history: string): string {
  if (told.params !== params || told.history !== history) {
    const view = JSON.parse(params) as GameView
    told = { params, history, id: makeVersionId(view.version, history, makeDigest(view)) }
  }
  return told.id
}
