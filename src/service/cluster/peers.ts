/**
 * What the nodes of a cluster hold of each other: each has rows of its own, and every other node comes to hold the same,
 * whatever is lost, doubled or late on the way. A node's rows have a version; a beat tells it, a node that lacks something asks
 * for it. No more than that is kept or told, so an idle beat costs the same however many people play.
 */
import { assert, type Clock, every, type Timer } from '../../base/index.ts'
import type { NodeBus, BusSubscription } from './node-bus.ts'
import type { Meter } from '../meter.ts'
import {
  type Beat,
  type Delta,
  isKind,
  isRow,
  type Kind,
  makeMessage,
  type NodeMessage,
  parseMessage,
  type Rows,
  type SentRow,
} from './node-message.ts'

/** How often a node says that it is there, in ms. */
const beatMs = 1_000
/**
 * A node that has said nothing for this long answers the beat of another one with its own, and its own next beat is due after so
 * long, in ms. So all beat together, and each is woken once for all of them.
 */
const answerMs = beatMs / 2
const dueMs = (beatMs * 3) / 4
/** A node that is silent for so long is asked nothing, shows nothing any more, and is forgotten; in ms. */
const restMsMax = 2_250
const silentMsMax = 4_000
const forgetMs = 30_000
/** How long a node that has just started listens before it takes those it has heard for all there are, in ms. */
const listenMs = 2_000
/** How long an answer is waited for before the same is asked again, in ms. */
const askAgainMs = 200
/** Rows that ended and are remembered as such: a node that missed more of them is told everything again. */
const endedMax = 10_000
/** Of one message, in UTF-16 units: half of what the least server takes. */
const messageCharactersMax = 16_384
/** Messages of an answer in one turn of the loop. */
const messagesPerTurn = 4
/** Nodes that one hears of: many times what a cluster has. */
const peersMax = 256

type PeerRows = Readonly<Record<Kind, Map<string, unknown>>>

const noRows = (): PeerRows => ({ here: new Map(), lobby: new Map(), wish: new Map(), match: new Map() })

interface OwnRow {
  readonly kind: Kind
  readonly key: string
  readonly value: unknown
  readonly version: number
}

interface Peer {
  readonly name: string
  rows: PeerRows
  /** What is held here is all up to this version. */
  version: number
  /** The newest version that it told of. */
  told: number
  /** All there is, which is being told in parts, is of this version. */
  whole: number
  heardAt: number
  /** Its newest beat, on its clock. */
  beatAt: number
  /** The newest beat of this node that it had heard when it told of the version above. */
  echo: number
  /** What was held here was what is there, at that time or later. */
  agreedAt: number
  askedAt: number
  /** Others see its rows. */
  isShown: boolean
}

/** What changes here because of another node. */
export type RowsChanged = (key: string) => void

export class Peers {
  readonly #exchange: NodeBus
  readonly #clock: Clock
  readonly #meter: Meter
  readonly #hearing: BusSubscription
  readonly #startedAt: number
  readonly #hearers = new Map<Kind, RowsChanged>()
  readonly #peers = new Map<string, Peer>()
  /** By kind and key, in the order of their versions; and those that have ended. */
  readonly #own = new Map<string, OwnRow>()
  readonly #ended = new Map<string, OwnRow>()
  /** Those that were not told yet. */
  readonly #fresh = new Map<string, OwnRow>()
  /** Rows that ended up to this version are not remembered. */
  #endedBefore = 0
  #version = 0
  #told = 0
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
    this.#hearing = exchange.hear((text) => this.#hear(text))
    this.#beat()
    this.#timer = every(clock, beatMs, () => this.#beatAfter(dueMs))
    meter.gauge('peers', () => this.#shown().length)
  }

  /** This node. */
  get node(): string {
    return this.#exchange.node
  }

  /** This node and those that were heard just now, in an order on which all agree. */
  get nodes(): readonly string[] {
    const late = this.#clock.now() - restMsMax
    const others = this.#shown().filter(({ heardAt }) => heardAt >= late)
    return [this.node, ...others.map(({ name }) => name)].toSorted()
  }

  /**
   * The last time at which what is held here was what all other nodes had, or later; a second ago, where all is well. What
   * cannot be taken back may only follow from what was so at a time before this.
   */
  get agreedAt(): number {
    const now = this.#clock.now()
    if (now - this.#startedAt < listenMs) return -Infinity
    return [...this.#peers.values()].reduce((least, { agreedAt }) => Math.min(least, agreedAt), now)
  }

  /** From now on `changed` is called whenever rows of this kind that other nodes have may have changed. */
  watch(kind: Kind, changed: RowsChanged): void {
    this.#hearers.set(kind, changed)
  }

  /** Tells of a row of this node's own, in a moment; null: no more. */
  put<Each extends Kind>(kind: Each, key: string, value: Rows[Each] | null): void {
    const name = `${kind} ${key}`
    const before = this.#own.get(name)
    if (this.#isClosed || (before?.value ?? null) === value) return
    const row: OwnRow = { kind, key, value, version: ++this.#version }
    // What is told is in the order of versions.
    for (const rows of [this.#own, this.#ended, this.#fresh]) rows.delete(name)
    ;(value === null ? this.#ended : this.#own).set(name, row)
    this.#fresh.set(name, row)
    this.#forgetEnded()
    if (this.#isFlushing) return
    this.#isFlushing = true
    void Promise.resolve().then(() => this.#flush())
  }

  /** What other nodes have under this key. */
  find<Each extends Kind>(kind: Each, key: string): readonly Rows[Each][] {
    return this.#find(kind, key, true)
  }

  /** What nodes had under this key when they were last heard of, some time ago: it may be so still. */
  findSilent<Each extends Kind>(kind: Each, key: string): readonly Rows[Each][] {
    return this.#find(kind, key, false)
  }

  close(): void {
    if (this.#isClosed) return
    this.#say({ type: 'leave', from: this.node })
    this.#isClosed = true
    this.#timer.cancel()
    this.#hearing.close()
  }

  #find<Each extends Kind>(kind: Each, key: string, isShown: boolean): readonly Rows[Each][] {
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

  #say(message: NodeMessage, to?: string): void {
    if (!this.#isClosed) this.#exchange.tell(makeMessage(message), to)
  }

  /** Where this node has said nothing for so long. */
  #beatAfter(ms: number): void {
    if (this.#clock.now() - this.#beatAt >= ms) this.#beat()
  }

  #beat(): void {
    const now = this.#clock.now()
    // This node stood still: what the others said meanwhile may lie unread.
    const stoodStill = now - this.#beatAt >= 2 * beatMs
    this.#beatAt = now
    for (const peer of this.#peers.values()) {
      if (stoodStill) peer.heardAt = now
      if (now - peer.heardAt >= forgetMs) this.#forget(peer)
      else if (now - peer.heardAt >= silentMsMax) this.#show(peer, false)
    }
    const heard = Object.fromEntries([...this.#peers].map(([name, { beatAt }]) => [name, beatAt]))
    this.#say({ type: 'beat', from: this.node, at: Math.trunc(now), version: this.#version, heard })
  }

  #hear(text: string): void {
    if (this.#isClosed) return
    const message = parseMessage(text)
    if (message?.from === this.node) return
    const known = this.#peers.get(message?.from ?? '')
    if (message === null || (known === undefined && this.#peers.size === peersMax)) return this.#ignore()
    const peer = known ?? this.#meet(message.from)
    if (message.type === 'leave') return this.#forget(peer)
    peer.heardAt = this.#clock.now()
    if (message.type === 'ask') this.#answer(peer.name, message.after)
    else if (message.type === 'beat') this.#hearBeat(peer, message)
    else this.#hearRows(peer, message)
  }

  #ignore(): void {
    this.#meter.count('ignored_node_messages_total')
  }

  #meet(name: string): Peer {
    const peer: Peer = {
      name,
      rows: noRows(),
      version: 0,
      told: 0,
      whole: 0,
      heardAt: 0,
      beatAt: 0,
      echo: -Infinity,
      agreedAt: -Infinity,
      askedAt: -Infinity,
      isShown: false,
    }
    this.#peers.set(name, peer)
    return peer
  }

  #hearBeat(peer: Peer, { at, version, heard }: Beat): void {
    if (at < peer.beatAt) return
    peer.beatAt = at
    peer.told = Math.max(peer.told, version)
    // Its beat echoes one of this node's: so old at most is what it tells.
    const echo = Object.hasOwn(heard, this.node) ? heard[this.node] : undefined
    if (echo !== undefined && echo <= this.#clock.now()) peer.echo = echo
    this.#compare(peer)
    this.#beatAfter(answerMs)
  }

  #hearRows(peer: Peer, delta: Delta): void {
    const { after, version, rows, whole } = delta
    if (whole !== undefined && !this.#follows(peer, delta)) return
    peer.told = Math.max(peer.told, version)
    // Whatever comes twice or too late is here already.
    if (after <= peer.version && version > peer.version) {
      peer.version = version
      for (const row of rows) this.#keep(peer, row)
    }
    this.#compare(peer)
  }

  /** Whether this is the next part of all that there is, or the first of it and that is lacked. */
  #follows(peer: Peer, { after, whole = 0 }: Delta): boolean {
    if (after > 0 && (peer.whole !== whole || peer.version !== after)) return false
    if (peer.version >= whole) return false
    if (after === 0) this.#clear(peer)
    peer.whole = whole
    peer.askedAt = this.#clock.now()
    return true
  }

  #compare(peer: Peer): void {
    if (peer.version < peer.told) return this.#ask(peer)
    peer.agreedAt = Math.max(peer.agreedAt, peer.echo)
    this.#show(peer, true)
  }

  #ask(peer: Peer): void {
    const now = this.#clock.now()
    if (now - peer.askedAt < askAgainMs) return
    peer.askedAt = now
    this.#say({ type: 'ask', from: this.node, after: peer.version }, peer.name)
  }

  #keep({ rows, isShown }: Peer, [kind, key, value]: SentRow): void {
    if (!isKind(kind)) return this.#ignore()
    const isThere = value !== null && isRow(kind, value)
    if (!isThere && value !== null) this.#ignore()
    if (isThere) rows[kind].set(key, value)
    else if (!rows[kind].delete(key)) return
    if (isShown) this.#hearers.get(kind)?.(key)
  }

  /** From now on its rows are seen, or not. */
  #show(peer: Peer, isShown: boolean): void {
    if (peer.isShown === isShown) return
    peer.isShown = isShown
    this.#changed(peer.rows)
  }

  /** Nothing is held of it. */
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
    for (const [kind, changed] of this.#hearers) for (const key of rows[kind].keys()) changed(key)
  }

  #forgetEnded(): void {
    if (this.#ended.size <= endedMax) return
    const [oldest] = this.#ended
    assert(oldest !== undefined, 'there is one')
    const [name, { version }] = oldest
    this.#ended.delete(name)
    this.#endedBefore = version
  }

  #flush(): void {
    this.#isFlushing = false
    const rows = [...this.#fresh.values()]
    this.#fresh.clear()
    const after = this.#told
    this.#told = this.#version
    // A node that comes asks for all.
    if (this.#peers.size > 0) for (const delta of this.#deltas(rows, after)) this.#say(delta)
  }

  /** All that somebody lacks who has what there was up to a version. */
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
        this.#say({ ...delta, ...whole }, to)
      }
      this.#clock.after(0, send)
    }
    send()
  }

  /** `rows` in the order of their versions, all between `after` and now. */
  *#deltas(rows: readonly OwnRow[], after: number): Generator<Delta, undefined> {
    const head = { type: 'rows', from: this.node } as const
    const end = this.#version
    let gathered: SentRow[] = []
    let characters = 0
    let since = after
    for (const [index, { kind, key, value, version }] of rows.entries()) {
      gathered.push([kind, key, value])
      characters += key.length + JSON.stringify(value).length
      if (characters < messageCharactersMax || index === rows.length - 1) continue
      yield { ...head, after: since, version, rows: gathered }
      since = version
      gathered = []
      characters = 0
    }
    yield { ...head, after: since, version: end, rows: gathered }
    return undefined
  }
}
