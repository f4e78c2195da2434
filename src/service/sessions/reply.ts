/** Receives the answer to one request. Exactly one of the methods is called, once. */
import {
  type ErrorDetail,
  type ErrorName,
  errorRow,
  Fault,
  type GameView,
  makeAnswer,
  makeError,
  MessageFault,
  type RequestId,
} from '../../protocol/index.ts'
import type { Change } from '../games/change.ts'

export interface Reply {
  /** The state of a game. */
  change(change: Change): void
  /** Any other result. */
  result(result: object): void
  /** A result that is JSON text already. */
  text(json: string): void
  error(name: ErrorName, message: string, detail?: ErrorDetail): void
}

/** Answers a JSON-RPC request. `send` takes the finished message. */
export class MessageReply implements Reply {
  readonly #id: RequestId
  readonly #send: (message: string) => void

  constructor(id: RequestId, send: (message: string) => void) {
    this.#id = id
    this.#send = send
  }

  change(change: Change): void {
    this.#send(makeAnswer(this.#id, change.json))
  }

  result(result: object): void {
    this.text(textOf(result))
  }

  text(json: string): void {
    this.#send(makeAnswer(this.#id, json))
  }

  error(name: ErrorName, message: string, detail?: ErrorDetail): void {
    this.#send(makeError(this.#id, name, message, detail))
  }
}

/** The JSON texts of frozen results: a result that never changes is serialised once. */
const texts = new WeakMap<object, string>()

function textOf(result: object): string {
  if (!Object.isFrozen(result)) return JSON.stringify(result)
  const text = texts.get(result) ?? JSON.stringify(result)
  texts.set(result, text)
  return text
}

/** Settles a promise with the result, or rejects it with a Fault of the same name. */
export class PromiseReply implements Reply {
  readonly promise: Promise<object>
  readonly #settle: PromiseWithResolvers<object>

  constructor() {
    this.#settle = Promise.withResolvers<object>()
    this.promise = this.#settle.promise
  }

  change(change: Change): void {
    this.#settle.resolve(change.view)
  }

  result(result: object): void {
    this.#settle.resolve(result)
  }

  text(json: string): void {
    this.#settle.resolve(JSON.parse(json) as object)
  }

  error(name: ErrorName, message: string, detail?: ErrorDetail): void {
    this.#settle.reject(new Fault(name, message, detail))
  }
}

/** Calls `settled` just before it passes the answer on. */
export class SettlingReply implements Reply {
  readonly #reply: Reply
  readonly #settled: () => void

  constructor(reply: Reply, settled: () => void) {
    this.#reply = reply
    this.#settled = settled
  }

  change(change: Change): void {
    this.#settled()
    this.#reply.change(change)
  }

  result(result: object): void {
    this.#settled()
    this.#reply.result(result)
  }

  text(json: string): void {
    this.#settled()
    this.#reply.text(json)
  }

  error(...refusal: Parameters<Reply['error']>): void {
    this.#settled()
    this.#reply.error(...refusal)
  }
}

/** The detail of a refusal: the version, and the whole view if the client decided at an old state; otherwise `more`. */
export function detailOf(name: ErrorName, view: GameView | undefined, more: ErrorDetail = {}): ErrorDetail {
  if (view === undefined) return {}
  const { version } = view
  return errorRow(name).retry === 'refresh' ? { version, view } : { version, ...more }
}

/** For commands that nobody waits for: the server's own, and requests without an id. */
export const noReply: Reply = { change() {}, result() {}, text() {}, error() {} }

/**
 * Turns a fault that a handler threw into an answer. Any other error is a bug and is thrown again: it must stop the
 * process.
 */
export function replyFault(reply: Reply, fault: unknown): void {
  if (!(fault instanceof Fault)) throw fault
  reply.error(fault.fault, fault.message, fault.detail)
}

/** The id for the answer to a message that is no valid request; null if it has none. */
export function idOfReply(fault: unknown): RequestId {
  return fault instanceof MessageFault ? fault.id : null
}
