/**
 * A simulation of nodes that exchange rows while messages are lost, doubled and late, and nodes pause, stop and return.
 */
import { type Clock, makeId, type Random, seededRandom, VirtualClock } from '../../base/index.ts'
import { type NodeBus, MemoryNodeBus } from '../cluster/node-bus.ts'
import { silentMeter } from '../meter.ts'
import { Peers } from '../cluster/peers.ts'

/** Changes a message before it is sent; null: drops it. By default messages are unchanged. */
export type Bend = (text: string, to: string | undefined, now: number) => string | null

/** How often each fault happens, per thousand. */
interface Weather {
  readonly lost: number
  readonly doubled: number
  readonly late: number
  readonly upset: number
}

const stepMs = 20
const keysOfNode = 8

/** The process of one node. It may be paused; when it resumes, due timers run before received messages are handled. */
class Host {
  readonly clock: Clock
  readonly inbox: (() => void)[] = []
  readonly origin: number
  readonly #due: (() => void)[] = []
  isStill = false

  constructor(time: VirtualClock, origin: number) {
    this.origin = origin
    this.clock = {
      now: () => origin + time.now(),
      wall: () => time.wall(),
      after: (ms, call) => time.after(ms, () => (this.isStill ? this.#due.push(call) : call())),
    }
  }

  resume(): void {
    this.isStill = false
    for (const call of [...this.#due.splice(0), ...this.inbox.splice(0)]) call()
  }
}

class Node {
  readonly name: string
  readonly host: Host
  readonly peers: Peers
  /** The values of each key and when each began, oldest first. */
  readonly past = new Map<string, { readonly at: number; readonly value: number }[]>()
  /** All values that any key ever had: no two nodes share one. */
  readonly values = new Set<number>()
  isGone = false

  constructor(name: string, host: Host, exchange: NodeBus) {
    this.name = name
    this.host = host
    this.peers = new Peers(exchange, host.clock, silentMeter)
  }

  put(key: string, value: number, at: number): void {
    this.peers.put('here', key, value === 0 ? null : value)
    this.note(key, value, at)
  }

  note(key: string, value: number, at: number): void {
    const past = this.past.get(key) ?? []
    past.push({ at, value })
    this.values.add(value)
    this.past.set(key, past)
  }

  /** The values of the key since time `at`; 0: no row. */
  since(key: string, at: number): readonly number[] {
    const past = this.past.get(key) ?? []
    const values: number[] = []
    for (let index = past.length - 1; index >= 0; index--) {
      values.push(past[index]?.value ?? 0)
      if ((past[index]?.at ?? 0) <= at) return values
    }
    return [...values, 0]
  }
}

export class Storm {
  readonly #time = new VirtualClock()
  readonly #random: Random
  readonly #weather: Weather
  readonly #exchange = new MemoryNodeBus((arrive, from, to) => this.#carry(arrive, from, to))
  readonly #bend: Bend
  readonly #cut = new Set<string>()
  /** Pairs `sender receiver` of nodes that have ever exchanged a message. */
  readonly #hasReceived = new Set<string>()
  readonly #nodes: Node[] = []
  #isCalm = false
  #value = 0
  /** Claims of `agreedAt` that were false. */
  readonly falseClaims: string[] = []

  constructor(seed: number, bend: Bend = (text) => text) {
    this.#random = seededRandom(seed)
    this.#bend = bend
    const rate = (most: number): number => (this.#random.below(2) === 0 ? 0 : this.#random.below(most))
    this.#weather = { lost: rate(300), doubled: rate(300), late: rate(300), upset: 5 + this.#random.below(15) }
    for (let left = 2 + this.#random.below(3); left > 0; left--) this.#start()
  }

  /** Injects faults for `ms`. */
  async rage(ms: number): Promise<void> {
    this.#isCalm = true
    // Lets all nodes discover each other first.
    await this.#pass(3_000)
    this.#isCalm = false
    await this.#pass(ms)
  }

  /** From now on all nodes reach each other. Resolves after `ms`. */
  async calm(ms: number): Promise<void> {
    this.#isCalm = true
    this.#cut.clear()
    for (const { host } of this.#nodes) host.resume()
    await this.#pass(ms)
  }

  /** The rows that nodes hold of each other and that are wrong; with `isEnd` also rows of nodes that are gone. */
  findErrors(isEnd = false): readonly string[] {
    return this.#living.flatMap((node) =>
      this.#nodes
        .filter((other) => other !== node && (isEnd || !other.isGone))
        .flatMap((other) => this.#compare(node, other, this.#time.now()).map((what) => `${node.name}: ${what}`)),
    )
  }

  /** The greatest age of any node's knowledge, in ms. */
  get ageMs(): number {
    return Math.max(...this.#living.map((node) => this.#time.now() - this.#agreedAt(node)))
  }

  /** True if each node knows all living nodes; with `isEnd` also that it knows no other. */
  isAgreed(isEnd = false): boolean {
    const names = this.#living.map(({ name }) => name)
    return this.#living.every(({ peers: { nodes } }) =>
      isEnd ? nodes.join() === names.toSorted().join() : names.every((name) => nodes.includes(name)),
    )
  }

  get #living(): readonly Node[] {
    return this.#nodes.filter(({ isGone }) => !isGone)
  }

  #start(): void {
    const name = makeId(this.#random)
    const right = this.#exchange.join(name)
    const host = new Host(this.#time, this.#random.below(1e6))
    const exchange: NodeBus = {
      node: name,
      tell: (text, to) => {
        const bent = this.#bend(text, to, host.clock.now())
        if (bent !== null) right.tell(bent, to)
      },
      hear: (hear) => right.hear((text) => (host.isStill ? host.inbox.push(() => hear(text)) : hear(text))),
    }
    this.#nodes.push(new Node(name, host, exchange))
  }

  #carry(arrive: () => void, from: string, to: string): void {
    const chance = (rate: number): boolean => !this.#isCalm && this.#random.below(1_000) < rate
    const isCut = (): boolean => this.#cut.has(`${from} ${to}`)
    if (isCut() || chance(this.#weather.lost)) return
    const copies = chance(this.#weather.doubled) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const ms = 1 + (chance(this.#weather.late) ? this.#random.below(3_000) : 0)
      this.#time.after(ms, () => {
        if (isCut()) return
        this.#hasReceived.add(`${from} ${to}`)
        arrive()
      })
    }
  }

  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.#time.advance(stepMs)
      if (!this.#isCalm) this.#upset()
      for (let turn = 0; turn < 8; turn++) await Promise.resolve()
      this.#check()
    }
  }

  /** Changes a row and injects a fault, at random. */
  #upset(): void {
    const draw = (): Node | undefined => this.#living[this.#random.below(this.#living.length)]
    const strikes = (rate: number): boolean => this.#random.below(1_000) < rate
    const node = draw()
    if (node === undefined) return
    if (!node.host.isStill && strikes(200))
      node.put(`k${this.#random.below(keysOfNode)}`, this.#random.below(3) === 0 ? 0 : ++this.#value, this.#time.now())
    if (!strikes(this.#weather.upset)) return
    const kind = this.#random.below(8)
    if (kind < 3) this.#stop(node)
    else if (kind < 6) this.#part(node, draw())
    else if (kind === 6 && this.#living.length > 1) this.#end(node)
    else if (this.#living.length < 5) this.#start()
  }

  #stop({ host }: Node): void {
    host.isStill = true
    this.#time.after(200 + this.#random.below(6_000), () => host.resume())
  }

  /** Partitions two nodes, in one direction or both. */
  #part(one: Node, other: Node | undefined): void {
    if (other === undefined) return
    const ways = [`${one.name} ${other.name}`, ...(this.#random.below(2) === 0 ? [`${other.name} ${one.name}`] : [])]
    for (const way of ways) this.#cut.add(way)
    this.#time.after(200 + this.#random.below(9_000), () => ways.forEach((way) => this.#cut.delete(way)))
  }

  /** Stops a node, with or without a farewell. */
  #end(node: Node): void {
    node.isGone = true
    if (this.#random.below(2) === 0) node.peers.close()
    this.#exchange.cut(node.name)
    for (const key of node.past.keys()) node.note(key, 0, this.#time.now())
  }

  #check(): void {
    for (const node of this.#living.filter(({ host }) => !host.isStill)) {
      // A node cannot know of a node from which it never received.
      const met = this.#nodes.filter((other) => other !== node && this.#hasReceived.has(`${other.name} ${node.name}`))
      const since = this.#agreedAt(node) - stepMs
      const wrong = met.flatMap((other) => this.#compare(node, other, since))
      this.falseClaims.push(...wrong.map((what) => `${this.#time.now()}: ${node.name}: ${what}`))
    }
  }

  #agreedAt({ peers, host }: Node): number {
    return peers.agreedAt - host.origin
  }

  /** The rows that the node holds of another one and that have been wrong since time `since`. */
  #compare({ peers }: Node, other: Node, since: number): readonly string[] {
    return Array.from({ length: keysOfNode }, (_, index) => `k${index}`).flatMap((key) => {
      const possible = other.since(key, since)
      const rows = [...peers.find('here', key), ...(since < this.#time.now() ? peers.findSilent('here', key) : [])]
      const held = rows.find((value) => other.values.has(value)) ?? 0
      return possible.includes(held) ? [] : [`${key} of ${other.name} is ${possible.join(' or ')}, not ${held}`]
    })
  }
}
