/**
 * The replicated state of a cluster's nodes. Each node publishes rows of its own, and every other node ends up with the
 * same rows, whatever messages are lost, doubled or late. A node's rows have a version, which its beat announces; a
 * node that lacks something asks for it. Nothing else is stored or sent, so an idle beat costs the same however many
 * people play.
 */
import { assert, type Clock, every, type Timer } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from './node-bus.ts'
import type { Meter } from '../meter.ts'
import {
  type Beat,
  type Delta,
  isKind,
  isRow,
  type RowKind,
  makeMessage,
  type NodeMessage,
  parseNodeMessage,
  type Rows,
  type Said,
  type SentRow,
} from './node-message.ts'
import { makePeer, noRows, type Peer, type PeerRows } from './peer.ts'

/** The interval of beats, in ms. */
const beatMs = 1_000
/**
 * A node that has sent nothing for `answerMs` answers the beat of another node with its own, and its next beat is due
 * only `dueMs` after its last, in ms. So all nodes beat together, and each is woken once for all beats.
 */
const answerMs = beatMs / 2
const dueMs = (beatMs * 3) / 4
/**
 * After these times of silence, in ms, a node is no longer asked anything, its rows are hidden, and it is forgotten.
 */
const restMsMax = 2_250
const silentMsMax = 4_000
const forgetMs = 30_000
/** How long a node that has just started listens before it assumes that it knows all nodes, in ms. */
const listenMs = 2_000
/** How long to wait for an answer before asking again, in ms. */
const askAgainMs = 200
/** How many deleted rows are remembered. A node that missed more deletions gets a full copy. */
const endedMax = 10_000
/** The size of one message, in UTF-16 units: half of what the smallest NATS server accepts. */
const messageCharactersMax = 16_384
/** How many messages of an answer are sent per turn of the event loop. */
const messagesPerTurn = 4
/** How many other nodes are tracked: many times the size of a cluster. */
const peersMax = 256

interface OwnRow {
  readonly kind: RowKind
  readonly key: string
  readonly value: unknown
  readonly version: number
}

/** Called with the key of a row of another node that may have changed. */
export type RowsChanged = (key: string) => void

export class Peers {
  readonly #exchange: NodeBus
  readonly #clock: Clock
  readonly #meter: Meter
  readonly #subscription: BusSubscription
  readonly #startedAt: number
  readonly #callbacks = new Map<RowKind, RowsChanged>()
  #heard: (said: Said) => void = () => {}
  readonly #peers = new Map<string, Peer>()
  /** Rows by kind and key, in the order of their versions; deleted rows likewise. */
  readonly #own = new Map<string, OwnRow>()
  readonly #ended = new Map<string, OwnRow>()
  /** Rows that were not sent yet. */
  readonly #unsent = new Map<string, OwnRow>()
  /** Deletions up to this version are not remembered. */
  #endedBefore = 0
  #version = 0
  #sentVersion = 0
  #isFlushing = false
  #isClosed = false
  #beatAt: number
  readonly #timer: Timer

  constructor(exchange: NodeBus, clock: Clock, meter: Meter) {
    this.#exchange = exchange
    this.#clock = clock
    this.#meter = meter
    this.#startedAt = clock.now()
    this.#beatAt = this.#startedAt
    this.#subscription = exchange.hear((text) => this.#receive(text))
    this.#beat()
    this.#timer = every(clock, beatMs, () => this.#beatAfter(dueMs))
    meter.gauge('peers', () => this.#shown().length)
  }

  /** This node. */
  get node(): string {
    return this.#exchange.node
  }

  /** This node and the nodes from which it has recently received, in an order on which all nodes agree. */
  get nodes(): readonly string[] {
    const late = this.#clock.now() - restMsMax
    const others = this.#shown().filter(({ heardAt }) => heardAt >= late)
    return [this.node, ...others.map(({ name }) => name)].toSorted()
  }

  /**
   * A time at which, or after which, the rows here were equal to those of every other node; about a second ago while
   * all is well. An irreversible decision must only depend on what was true before this time.
   */
  get agreedAt(): number {
    const now = this.#clock.now()
    if (now - this.#startedAt < listenMs) return -Infinity
    return [...this.#peers.values()].reduce((least, { agreedAt }) => Math.min(least, agreedAt), now)
  }

  /**
   * From now on `changed` is called whenever rows of this kind on other nodes may have changed. One callback per kind.
   */
  watch(kind: RowKind, changed: RowsChanged): void {
    this.#callbacks.set(kind, changed)
  }

  /** From now on `heard` is called with what players on other nodes say. One callback. */
  hear(heard: (said: Said) => void): void {
    this.#heard = heard
  }

  /** Tells all other nodes what a player has said. No node keeps it, so a lost message stays lost. */
  say({ game, by, what }: Said): void {
    this.#send({ type: 'said', from: this.node, game, by, what })
  }

  /** Publishes a row of this node; null deletes it. It is sent in a microtask. */
  put<Each extends RowKind>(kind: Each, key: string, value: Rows[Each] | null): void {
    const name = `${kind} ${key}`
    const before = this.#own.get(name)
    if (this.#isClosed || (before?.value ?? null) === value) return
    const row: OwnRow = { kind, key, value, version: ++this.#version }
    // Re-inserts the row, since rows are sent in the order of versions.
    for (const rows of [this.#own, this.#ended, this.#unsent]) rows.delete(name)
    ;(value === null ? this.#ended : this.#own).set(name, row)
    this.#unsent.set(name, row)
    this.#forgetEnded()
    if (this.#isFlushing) return
    this.#isFlushing = true
    void Promise.resolve().then(() => this.#flush())
  }

  /** The rows of other nodes under this key. */
  find<Each extends RowKind>(kind: Each, key: string): readonly Rows[Each][] {
    return this.#find(kind, key, true)
  }

  /** The last known rows under this key of nodes that are silent now: they may still be true. */
  findSilent<Each extends RowKind>(kind: Each, key: string): readonly Rows[Each][] {
    return this.#find(kind, key, false)
  }

  close(): void {
    if (this.#isClosed) return
    this.#send({ type: 'leave', from: this.node })
    this.#isClosed = true
    this.#timer.cancel()
    this.#subscription.close()
  }

  #find<Each extends RowKind>(kind: Each, key: string, isShown: boolean): readonly Rows[Each][] {
    const found: Rows[Each][] = []
    for (const peer of this.#peers.values()) {
      const row = peer.isShown === isShown ? peer.rows[kind].get(key) : undefined
      if (row !== undefined) found.push(row as Rows[Each])
    }
    return found
  }

  #shown(): readonly Peer[] {
    return [...this.#peers.values()].filter(({ isShown }) => isShown)
  }

  #send(message: NodeMessage, to?: string): void {
    if (!this.#isClosed) this.#exchange.tell(makeMessage(message), to)
  }

  /** Sends a beat if this node has sent none for `ms`. */
  #beatAfter(ms: number): void {
    if (this.#clock.now() - this.#beatAt >= ms) this.#beat()
  }

  #beat(): void {
    const now = this.#clock.now()
    // This process was paused: messages of the others may be unread.
    const stoodStill = now - this.#beatAt >= 2 * beatMs
    this.#beatAt = now
    for (const peer of this.#peers.values()) {
      if (stoodStill) peer.heardAt = now
      if (now - peer.heardAt >= forgetMs) this.#forget(peer)
      else if (now - peer.heardAt >= silentMsMax) this.#show(peer, false)
    }
    const heard = Object.fromEntries([...this.#peers].map(([name, { beatAt }]) => [name, beatAt]))
    this.#send({ type: 'beat', from: this.node, at: Math.trunc(now), version: this.#version, heard })
  }

  #receive(text: string): void {
    if (this.#isClosed) return
    const message = parseNodeMessage(text)
    if (message?.from === this.node) return
    const known = this.#peers.get(message?.from ?? '')
    if (message === null || (known === undefined && this.#peers.size === peersMax)) return this.#ignore()
    const peer = known ?? makePeer(message.from)
    this.#peers.set(peer.name, peer)
    if (message.type === 'leave') return this.#forget(peer)
    peer.heardAt = this.#clock.now()
    if (message.type === 'ask') this.#answer(peer.name, message.after)
    else if (message.type === 'said') this.#heard(message)
    else if (message.type === 'beat') this.#receiveBeat(peer, message)
    else this.#receiveRows(peer, message)
  }

  #ignore(): void {
    this.#meter.count('ignored_node_messages_total')
  }

  #receiveBeat(peer: Peer, { at, version, heard }: Beat): void {
    if (at < peer.beatAt) return
    peer.beatAt = at
    peer.announced = Math.max(peer.announced, version)
    // Its beat names the newest beat of this node that it received: its rows are at most that old.
    const echo = Object.hasOwn(heard, this.node) ? heard[this.node] : undefined
    if (echo !== undefined && echo <= this.#clock.now()) peer.echo = echo
    this.#compare(peer)
    this.#beatAfter(answerMs)
  }

  #receiveRows(peer: Peer, delta: Delta): void {
    const { after, version, rows, whole } = delta
    if (whole !== undefined && !this.#isNextPart(peer, delta)) return
    peer.announced = Math.max(peer.announced, version)
    // Doubled or late messages contain nothing new.
    if (after <= peer.version && version > peer.version) {
      peer.version = version
      for (const row of rows) this.#applyRow(peer, row)
    }
    this.#compare(peer)
  }

  /** True if this is the next part of a full copy, or the first part of one that is needed. */
  #isNextPart(peer: Peer, { after, whole = 0 }: Delta): boolean {
    if (after > 0 && (peer.whole !== whole || peer.version !== after)) return false
    if (peer.version >= whole) return false
    if (after === 0) this.#clear(peer)
    peer.whole = whole
    peer.askedAt = this.#clock.now()
    return true
  }

  #compare(peer: Peer): void {
    if (peer.version < peer.announced) return this.#ask(peer)
    peer.agreedAt = Math.max(peer.agreedAt, peer.echo)
    this.#show(peer, true)
  }

  #ask(peer: Peer): void {
    const now = this.#clock.now()
    if (now - peer.askedAt < askAgainMs) return
    peer.askedAt = now
    this.#send({ type: 'ask', from: this.node, after: peer.version }, peer.name)
  }

  #applyRow({ rows, isShown }: Peer, [kind, key, value]: SentRow): void {
    if (!isKind(kind)) return this.#ignore()
    const isThere = value !== null && isRow(kind, value)
    if (!isThere && value !== null) this.#ignore()
    if (isThere) rows[kind].set(key, value)
    else if (!rows[kind].delete(key)) return
    if (isShown) this.#callbacks.get(kind)?.(key)
  }

  /** Shows or hides its rows. */
  #show(peer: Peer, isShown: boolean): void {
    if (peer.isShown === isShown) return
    peer.isShown = isShown
    this.#changed(peer.rows)
  }

  /** Deletes all its rows. */
  #clear(peer: Peer): void {
    const before = peer.rows
    peer.rows = noRows()
    peer.version = 0
    this.#changed(before)
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.name)
    this.#changed(peer.rows)
  }

  #changed(rows: PeerRows): void {
    for (const [kind, changed] of this.#callbacks) for (const key of rows[kind].keys()) changed(key)
  }

  #forgetEnded(): void {
    if (this.#ended.size <= endedMax) return
    const [oldest] = this.#ended
    assert(oldest !== undefined, 'more than endedMax rows are there')
    const [name, { version }] = oldest
    this.#ended.delete(name)
    this.#endedBefore = version
  }

  #flush(): void {
    this.#isFlushing = false
    const rows = [...this.#unsent.values()]
    this.#unsent.clear()
    const after = this.#sentVersion
    this.#sentVersion = this.#version
    // A new node asks for a full copy.
    if (this.#peers.size > 0) for (const delta of this.#deltas(rows, after)) this.#send(delta)
  }

  /** Sends all changes after a version to one node. */
  #answer(to: string, after: number): void {
    if (after >= this.#version) return
    const isWhole = after === 0 || after < this.#endedBefore
    const rows = [...this.#own.values(), ...(isWhole ? [] : this.#ended.values())]
      .filter(({ version }) => isWhole || version > after)
      .toSorted((one, other) => one.version - other.version)
    const whole = isWhole ? { whole: this.#version } : {}
    const deltas = this.#deltas(rows, isWhole ? 0 : after)
    const send = (): void => {
      for (let left = messagesPerTurn; left > 0; left--) {
        const { value: delta } = deltas.next()
        if (delta === undefined) return
        this.#send({ ...delta, ...whole }, to)
      }
      this.#clock.after(0, send)
    }
    send()
  }

  /** Splits rows into messages. `rows` are sorted by version, all after `after`. */
  *#deltas(rows: readonly OwnRow[], after: number): Generator<Delta, undefined> {
    const head = { type: 'rows', from: this.node } as const
    const end = this.#version
    let batch: SentRow[] = []
    let characters = 0
    let since = after
    for (const [index, { kind, key, value, version }] of rows.entries()) {
      batch.push([kind, key, value])
      characters += key.length + JSON.stringify(value).length
      if (characters < messageCharactersMax || index === rows.length - 1) continue
      yield { ...head, after: since, version, rows: batch }
      since = version
      batch = []
      characters = 0
    }
    yield { ...head, after: since, version: end, rows: batch }
    return undefined
  }
}
