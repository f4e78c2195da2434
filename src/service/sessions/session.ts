/** One person's open line: requests in, answers and news out. Who they are is proven by a token, or made up as a guest. */
import type { Account } from '../../game/index.ts'
import {
  checkParams,
  errors,
  sentences,
  Fault,
  makeError,
  type MethodName,
  type Params,
  parseMethod,
  parseRequest,
  type Request,
  type Result,
} from '../../protocol/index.ts'
import type { Listener, Source } from '../audience/audience.ts'
import type { Kind } from './budget.ts'
import type { Change, News } from '../games/change.ts'
import type { Connection, Talk } from './connection.ts'
import { SlowRequests } from './slow-requests.ts'
import type { LobbyListener } from '../lobby/lobby.ts'
import { networkOf } from './network.ts'
import { leastCost, costOf } from './costs.ts'
import type { Allowance } from './rate-limits.ts'
import { idOf, MessageReply, noReply, PromiseReply, type Reply, replyFault, SettlingReply } from './reply.ts'
import type { Shared } from '../context.ts'
import { TextDialogue } from './text-dialogue.ts'
import { WatchList } from './watch-list.ts'

/** What a session needs from the service it belongs to. */
export interface SessionHost {
  readonly shared: Shared
  /** Serves one checked request. A promise: whatever this session asks next waits for it. @throws Fault */
  serve<Method extends MethodName>(
    session: Session,
    method: Method,
    params: Params<Method>,
    reply: Reply,
  ): void | Promise<void>
  /** What the requests of a connection from this address are paid from. */
  allowance(address: string): Allowance
  /** An account for somebody who has not said who they are. */
  guest(): Account
  /** A request began (+1) or was answered (−1). */
  pending(by: 1 | -1): void
  ended(session: Session): void
}

/** When to ask again with too much under way, in ms: some commits later. */
const inFlightMs = 100

interface Held {
  readonly method: string
  readonly params: unknown
  readonly reply: Reply
  /** When it was heard, on the monotonic clock. */
  readonly heardAt: number
}

export class Session implements Talk, Listener, LobbyListener {
  readonly address: string
  readonly #connection: Connection
  readonly #host: SessionHost
  readonly #allowance: Allowance
  readonly #dialogue: TextDialogue | null
  readonly watching: WatchList
  #account: Account | null = null
  #heardAt = 0
  #inFlight = 0
  /** Somebody waits for the last answer. */
  #idle: PromiseWithResolvers<void> | null = null
  readonly #slowRequests: SlowRequests
  /** Requests behind one that must be finished first; null while there is none. */
  #held: Held[] | null = null
  /** Games that are read for commands of this session, and how many commands wait for each; null before the first. */
  #reading: Map<string, number> | null = null
  #isOver = false
  #isCutOff = false

  constructor(connection: Connection, host: SessionHost) {
    const { limits } = host.shared
    this.#connection = connection
    this.#host = host
    this.address = networkOf(connection.address)
    this.#allowance = connection.allowance ?? host.allowance(connection.address)
    const { budget, log } = host.shared
    this.#slowRequests = new SlowRequests({ address: this.address, budget, connection, log })
    this.watching = new WatchList(this, limits.watchedGamesMax)
    this.#dialogue =
      connection.protocol === 'text'
        ? new TextDialogue({
            call: (method, params) => this.call(method, params),
            withoutRequest: () => this.#misunderstand(),
            connection,
            clock: host.shared.clock,
          })
        : null
  }

  get account(): Account | null {
    return this.#account
  }

  /** When the request that is being served was heard, on the monotonic clock; only known while its handler begins. */
  get heardAt(): number {
    return this.#heardAt
  }

  get accountId(): string | null {
    return this.#account?.id ?? null
  }

  /** One message, or line of text. Answered through the connection; an empty one is a heartbeat. */
  hear(message: string, heardAt = this.#host.shared.clock.now()): void {
    if (this.#dialogue !== null) return this.#dialogue.hear(message)
    if (message === '') return
    let request: Request
    try {
      request = parseRequest(message)
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      this.#host.shared.meter.count('faults_total')
      this.#misunderstand()
      return this.#connection.send(makeError(idOf(fault), fault.fault, fault.message))
    }
    const { id, method, params } = request
    const reply = id === undefined ? this.#track(noReply) : new MessageReply(id, this.#answer)
    this.#begin({ method, params, reply, heardAt })
  }

  /** The same without messages: for protocols that have their own words. @throws Fault */
  async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Result<Method>> {
    const reply = new PromiseReply()
    this.#begin({ method, params, reply: this.#track(reply), heardAt: this.#host.shared.clock.now() })
    return (await reply.promise) as Result<Method>
  }

  /** Nothing more will be heard; resolves when everything that was has its answer. */
  async finish(): Promise<void> {
    await this.#dialogue?.finish()
    if (this.#inFlight === 0) return
    this.#idle ??= Promise.withResolvers<void>()
    await this.#idle.promise
  }

  /** Nothing that was asked before is served from now on, but for commands that a game has taken. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.watching.clear()
    this.#slowRequests.end()
    this.#dialogue?.end()
    this.#host.ended(this)
    this.#release()
  }

  /** The connection is gone: nobody waits for an answer any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  later(reply: Reply, work: () => Promise<void>, kind: Kind = 'read'): void {
    this.#slowRequests.add({ kind, reply, work })
  }

  /** Whether commands of this session wait for this game to be read. */
  isReading(game: string): boolean {
    return this.#reading?.has(game) ?? false
  }

  /** One more command waits for this game to be read; call the answer, as often as you like, when it does not any more. */
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

  /** The account of this session, a new guest if nobody is known. */
  person(): Account {
    return this.#account ?? this.#own(this.#host.guest())
  }

  become(account: Account): void {
    const isOther = account.id !== this.#account?.id
    this.#own(account)
    if (isOther) this.watching.recognise()
  }

  #own(account: Account): Account {
    this.#allowance.belongsTo(account.id)
    return (this.#account = account)
  }

  entered(source: Source): void {
    if (this.#isOver) source.unlisten(this)
    else this.watching.add(source)
  }

  changed(change: Change): void {
    if (this.#dialogue === null) this.#connection.sendNewest(change.view.game, change.notification)
    else this.#dialogue.changed(change.view)
  }

  presence(news: News<'game.presence'>): void {
    this.#notify(news, `presence ${news.params.game}`)
  }

  lobbyChanged(news: News<'lobby.changed'>): void {
    this.#notify(news, `lobby ${news.params.game}`)
  }

  /** The server is going away. */
  closing(news: News<'server.closing'>): void {
    this.#dialogue?.closing(news.params.reason)
    this.#notify(news, 'closing')
  }

  #notify(news: News, key: string): void {
    if (this.#dialogue === null) this.#connection.sendNewest(key, news.message)
  }

  #begin(request: Held): void {
    const { shared } = this.#host
    this.#inFlight++
    this.#host.pending(1)
    const retryAfterMs = this.#allowance.pay(costOf(request.method, request.params))
    if (retryAfterMs > 0) return this.#refuse(request, retryAfterMs)
    if (this.#inFlight > shared.limits.requestsInFlight)
      return request.reply.error('rate-limited', 'too many requests wait for their answers', {
        retryAfterMs: inFlightMs,
      })
    if (this.#held === null) this.#serve(request)
    else this.#held.push(request)
  }

  #refuse({ reply }: Held, retryAfterMs: number): void {
    reply.error('rate-limited', sentences['rate-limited'], { retryAfterMs })
    this.#tire()
  }

  /** What is no request is answered with what is wrong, and paid for like one. */
  #misunderstand(): void {
    if (this.#allowance.pay(leastCost) > 0) this.#tire()
  }

  /** To refuse is work too: an address that is refused all the time is cut off. */
  #tire(): void {
    const { meter, clock } = this.#host.shared
    meter.count('rate_limited_total')
    if (this.#isCutOff || this.#allowance.mayBeRefused()) return
    this.#isCutOff = true
    const { code } = errors['rate-limited']
    // The answer leaves first, which a person at the text protocol gets in a later turn.
    clock.after(0, () => this.#connection.close(code, 'rate-limited'))
  }

  #serve({ method, params, reply, heardAt }: Held): void {
    this.#heardAt = heardAt
    if (this.#isOver) return reply.error('unavailable', 'the connection is gone')
    try {
      const known = parseMethod(method)
      if (known === undefined) throw new Fault('method-not-found', `there is no method ${JSON.stringify(method)}`)
      const working = this.#host.serve(this, known, checkParams(known, params), reply)
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

  /** What was held goes on, until one of them must be waited for again. */
  #release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const [index, request] of held.entries()) {
      if (this.#held !== null) return void (this.#held as Held[]).push(...held.slice(index))
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

  /** The reply, counted as answered when it is. */
  #track(reply: Reply): Reply {
    return new SettlingReply(reply, () => this.#settled())
  }
}
