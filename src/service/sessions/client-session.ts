/**
 * The service's side of one connection: requests in, answers and notifications out. A token proves the account; without
 * one the client becomes a guest.
 */
import type { Account } from '../../game/index.ts'
import {
  errors,
  sentences,
  Fault,
  makeError,
  type MethodName,
  type Params,
  parseRequest,
  type Request,
  type Result,
} from '../../protocol/index.ts'
import type { Listener, WatchedGame } from '../audience/audience.ts'
import type { SlowRequestKind } from './permits.ts'
import type { AnyNotification } from '../games/change.ts'
import type { Connection, Session } from './connection.ts'
import { SlowRequests } from './slow-requests.ts'
import type { LobbyListener } from '../lobby/lobby.ts'
import { networkOf } from './network-of.ts'
import { costOf, leastCost, oldVersionCost } from './costs.ts'
import type { Allowance } from './rate-limits.ts'
import { idOfReply, MessageReply, noReply, PromiseReply, type Reply, replyFault, SettlingReply } from './reply.ts'
import type { ServiceContext } from '../context.ts'
import { WatchList } from './watch-list.ts'

/** What a session needs from the service. */
export interface SessionHost {
  readonly shared: ServiceContext
  /** Checks and serves one request. If it returns a promise, the session's next requests wait for it. @throws Fault */
  serve(session: ClientSession, method: string, params: unknown, reply: Reply): void | Promise<void>
  /** The allowance of a connection from this address. */
  allowance(address: string): Allowance
  /** Makes a guest account. */
  guest(): Account
  /** A request has begun (+1) or was answered (−1). */
  pending(by: 1 | -1): void
  ended(session: ClientSession): void
}

/** Suggested delay before the next request when too many are in progress, in ms: the time of some commits. */
const busyRetryAfterMs = 100

interface ReceivedRequest {
  readonly method: string
  readonly params: unknown
  readonly reply: Reply
  /** When it was received, on the monotonic clock. */
  readonly heardAt: number
}

export class ClientSession implements Session, Listener, LobbyListener {
  readonly address: string
  readonly #connection: Connection
  readonly #host: SessionHost
  readonly #allowance: Allowance
  readonly watching: WatchList
  #account: Account | null = null
  #heardAt = 0
  #inFlight = 0
  /** Resolved with the last answer; null while nobody waits for it. */
  #idle: PromiseWithResolvers<void> | null = null
  readonly #slowRequests: SlowRequests
  /** Requests that wait for an earlier one to finish; null while nothing holds them. */
  #held: ReceivedRequest[] | null = null
  /**
   * Games that are being read for commands of this session, and how many commands wait for each; null before the first.
   */
  #reading: Map<string, number> | null = null
  #isOver = false
  #isDisconnecting = false

  constructor(connection: Connection, host: SessionHost) {
    const { limits } = host.shared
    this.#connection = connection
    this.#host = host
    this.address = networkOf(connection.address)
    this.#allowance = connection.allowance ?? host.allowance(connection.address)
    const { permits, log } = host.shared
    this.#slowRequests = new SlowRequests({ address: this.address, permits, connection, log })
    this.watching = new WatchList(this, limits.watchedGamesMax)
  }

  /** When the current request was received, on the monotonic clock. Valid only while its handler starts. */
  get heardAt(): number {
    return this.#heardAt
  }

  get accountId(): string | null {
    return this.#account?.id ?? null
  }

  hear(message: string, heardAt = this.#host.shared.clock.now()): void {
    if (message === '') return
    let request: Request
    try {
      request = parseRequest(message)
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      this.#host.shared.meter.count('faults_total')
      this.charge()
      return this.#connection.send(makeError(idOfReply(fault), fault.fault, fault.message))
    }
    const { id, method, params } = request
    const reply = id === undefined ? this.#track(noReply) : new MessageReply(id, this.#answer)
    this.#begin({ method, params, reply, heardAt })
  }

  async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>> {
    const reply = new PromiseReply()
    this.#begin({ method, params, reply: this.#track(reply), heardAt: this.#host.shared.clock.now() })
    return (await reply.promise) as Result<Method>
  }

  async finish(): Promise<void> {
    if (this.#inFlight === 0) return
    this.#idle ??= Promise.withResolvers<void>()
    await this.#idle.promise
  }

  /** Ends the session: waiting requests are refused. Commands in the queue of a game still run. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.watching.clear()
    this.#slowRequests.end()
    this.#host.ended(this)
    this.#release()
  }

  /** True once the connection is closed: nobody waits for an answer any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  lookBack(reply: Reply, work: () => Promise<void>): void {
    const retryAfterMs = this.#allowance.pay(oldVersionCost, 0)
    if (retryAfterMs > 0) this.#refuse(reply, retryAfterMs)
    else this.later(reply, work)
  }

  later(reply: Reply, work: () => Promise<void>, kind: SlowRequestKind = 'read'): void {
    this.#slowRequests.add({ kind, reply, work })
  }

  /** True if commands of this session wait for this game to be read. */
  isReading(game: string): boolean {
    return this.#reading?.has(game) ?? false
  }

  /**
   * Counts one more command that waits for this game to be read. The command calls the returned function when it no
   * longer waits; more calls have no effect.
   */
  reading(game: string): () => void {
    const reading = (this.#reading ??= new Map<string, number>())
    reading.set(game, (reading.get(game) ?? 0) + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = (reading.get(game) ?? 1) - 1
      if (left > 0) reading.set(game, left)
      else reading.delete(game)
    }
  }

  /** The account of this session. Makes a guest if there is none yet. */
  person(): Account {
    return this.#account ?? this.#setAccount(this.#host.guest())
  }

  become(account: Account): void {
    const isOther = account.id !== this.#account?.id
    this.#setAccount(account)
    if (isOther) this.watching.recognise()
  }

  #setAccount(account: Account): Account {
    this.#allowance.belongsTo(account.id)
    return (this.#account = account)
  }

  entered(source: WatchedGame): void {
    if (this.#isOver) source.unlisten(this)
    else this.watching.add(source)
  }

  notify(notification: AnyNotification): void {
    this.#connection.notify(notification)
  }

  #begin(request: ReceivedRequest): void {
    const { shared } = this.#host
    this.#inFlight++
    this.#host.pending(1)
    const retryAfterMs = this.#allowance.pay(costOf(request.method, request.params))
    if (retryAfterMs > 0) return this.#refuse(request.reply, retryAfterMs)
    if (this.#inFlight > shared.limits.requestsInFlight)
      return request.reply.error('rate-limited', 'too many requests wait for their answers', {
        retryAfterMs: busyRetryAfterMs,
      })
    if (this.#held === null) this.#serve(request)
    else this.#held.push(request)
  }

  #refuse(reply: Reply, retryAfterMs: number): void {
    reply.error('rate-limited', sentences['rate-limited'], { retryAfterMs })
    this.#countRefusal()
  }

  charge(): void {
    if (this.#allowance.pay(leastCost) > 0) this.#countRefusal()
  }

  /** Refusing takes work too: a connection is closed once its address has used up its refusals. */
  #countRefusal(): void {
    const { meter, clock } = this.#host.shared
    meter.count('rate_limited_total')
    if (this.#isDisconnecting || this.#allowance.mayBeRefused()) return
    this.#isDisconnecting = true
    const { code } = errors['rate-limited']
    // The answer must be sent first; protocols that use `call` send it in a later turn.
    clock.after(0, () => this.#connection.close(code, 'rate-limited'))
  }

  #serve({ method, params, reply, heardAt }: ReceivedRequest): void {
    this.#heardAt = heardAt
    if (this.#isOver) return reply.error('unavailable', 'the connection is gone')
    try {
      const working = this.#host.serve(this, method, params, reply)
      if (working === undefined) return
      this.#held = []
      void working.catch((fault: unknown) => this.#fail(reply, fault)).then(() => this.#release())
    } catch (fault) {
      this.#fail(reply, fault)
    }
  }

  #fail(reply: Reply, fault: unknown): void {
    this.#host.shared.meter.count('faults_total')
    replyFault(reply, fault)
  }

  /** Serves the held requests, until one of them must be waited for again. */
  #release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const [index, request] of held.entries()) {
      if (this.#held !== null) return void (this.#held as ReceivedRequest[]).push(...held.slice(index))
      this.#serve(request)
    }
  }

  readonly #answer = (message: string): void => {
    this.#settled()
    this.#connection.send(message)
  }

  #settled(): void {
    if (--this.#inFlight === 0) this.#idle?.resolve()
    this.#host.pending(-1)
  }

  /** Wraps the reply, so that the request is counted as answered when it is called. */
  #track(reply: Reply): Reply {
    return new SettlingReply(reply, () => this.#settled())
  }
}
