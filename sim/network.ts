/** Connections between clients and nodes: messages are delayed, in order per direction, until the connection breaks. */
import type { Random } from '../src/base/index.ts'
import type { Dial, Transport, TransportListener } from '../src/client/index.ts'
import type { AnyNotification, Connection } from '../src/service/index.ts'
import type { JsonSession } from './bugs.ts'
import { type RemoteEnd, type Life, nodeLimits, type SimNode } from './node.ts'
import type { World } from './world.ts'

/** A client that dials. */
export interface Dialler {
  readonly name: string
  /** Called before a message arrives, with the node's life that sent it. */
  served(life: Life): void
}

export class Network {
  readonly #world: World
  readonly #nodes: readonly SimNode[]
  readonly #random: Random
  readonly lines: SimConnection[] = []

  constructor(world: World, nodes: readonly SimNode[]) {
    this.#world = world
    this.#nodes = nodes
    this.#random = world.random('network')
  }

  /** A dial function for `client`; each connection goes to a random node. */
  dialFor(client: Dialler): Dial {
    return (_url, listener) => {
      const node = this.#nodes[this.#random.below(this.#nodes.length)]
      const line = new SimConnection(this.lines.length + 1, {
        world: this.#world,
        random: this.#random,
        client,
        listener,
      })
      this.lines.push(line)
      if (node !== undefined) line.dial(node)
      return line.transport
    }
  }
}

interface Ends {
  readonly world: World
  readonly random: Random
  readonly client: Dialler
  readonly listener: TransportListener
}

export class SimConnection implements Connection, RemoteEnd {
  readonly protocol = 'websocket'
  readonly address = '192.0.2.1'
  readonly transport: Transport
  /** For each game, when the node first sent a notification about it, in ms; notifications continue until the end. */
  readonly hears = new Map<string, number>()
  readonly #number: number
  readonly #world: World
  readonly #random: Random
  readonly #client: Dialler
  readonly #listener: TransportListener
  #life: Life | null = null
  #sessionEndedAt = Infinity
  /** Null before the connection opens and after it has ended, on the node's side. */
  #session: JsonSession | null = null
  #isClientHere = true
  /** Messages that the node sends while it opens the session; they are delivered after the opening. Null afterwards. */
  #early: string[] | null = []
  /** The connection is silently dead in both directions. */
  #isSilent = false
  /** Messages in flight to the node are lost. */
  #isLost = false
  #toNodeAt = 0
  #toClientAt = 0
  /** States that a slow reader has not received yet, only the newest of each key. Null if the reader is not slow. */
  #parked: Map<string, string> | null = null

  constructor(number: number, { world, random, client, listener }: Ends) {
    this.#number = number
    this.#world = world
    this.#random = random
    this.#client = client
    this.#listener = listener
    this.transport = {
      send: (message) => this.#sendToNode(world.bug.outgoing?.(message) ?? message),
      close: () => this.#hangUp(),
    }
  }

  get client(): string {
    return this.#client.name
  }

  /** When the node considered the connection as ended, in ms. */
  get endedAt(): number {
    return Math.min(this.#sessionEndedAt, this.#life?.endedAt ?? 0)
  }

  dial(node: SimNode): void {
    this.#world.schedule.after(this.#latency(), () => {
      if (!this.#isClientHere) return
      const { life } = node
      const session = life === null || this.#world.strikes('refusal') ? null : life.connect(this)
      if (life === null || session === null) return this.#tellClosed(`${node.name} refuses`)
      life.connections.add(this)
      this.#life = life
      this.#session = session
      this.#toClient(() => {
        this.#client.served(life)
        this.#listener.opened()
      })
      const early = this.#early ?? []
      this.#early = null
      for (const message of early) this.#sendToClient(message)
    })
  }

  send(message: string): void {
    this.#sendToClient(message)
  }

  notify({ key, message }: AnyNotification): void {
    if (this.#parked === null && this.#world.strikes('slowReader')) {
      this.#parked = new Map()
      this.#world.schedule.after(this.#world.extent('slowReader', 50, 1_500), () => this.#unpark())
    }
    if (this.#parked === null) this.#sendToClient(message)
    else this.#parked.set(key, message)
  }

  close(_code: number, reason: string): void {
    if (this.#session === null) return
    this.#toClient(() => this.#clientLost(reason))
    this.#endSession()
  }

  vanish(): void {
    this.#session = null
    this.#sessionEndedAt = Math.min(this.#sessionEndedAt, this.#world.now)
    this.#tellClosed('the node is gone')
  }

  #unpark(): void {
    const parked = this.#parked ?? []
    this.#parked = null
    for (const [, message] of parked) this.#sendToClient(message)
  }

  #sendToNode(message: string): void {
    if (!this.#isClientHere || this.#isSilent) return
    const note = this.#world.note(this.#client.name, message)
    if (this.#world.strikes('silence')) return this.#fallSilent()
    const isLast = this.#world.strikes('cut')
    if (isLast && this.#random.below(2) === 0) return this.#break()
    if (this.#world.strikes('straggler')) {
      this.#toNodeAt = this.#world.now + this.#world.extent('straggler', 100, 2_500)
      this.#world.schedule.after(this.#latency(), () => this.#clientLost('reset'))
      this.#endSessionLater()
    }
    this.#toNodeAt = Math.max(this.#toNodeAt, this.#world.now + this.#latency())
    this.#world.schedule.at(this.#toNodeAt, () => {
      if (this.#session === null || this.#isLost || this.#isSilent) return
      this.#world.note(this.#life?.id ?? '', '', { from: note })
      this.#session.hear(message)
    })
    if (isLast) this.#break()
  }

  #sendToClient(message: string): void {
    if (this.#early !== null) return void this.#early.push(message)
    const [, game] = /"method":"game\.(?:presence|changed)".*?"game":"(\w+)"/.exec(message) ?? []
    if (game !== undefined && !this.hears.has(game)) this.hears.set(game, this.#world.now)
    if (this.#session === null || this.#isSilent) return
    const note = this.#world.note(this.#life?.id ?? '', message)
    const isLast = this.#world.strikes('cut')
    if (isLast && this.#random.below(2) === 0) return this.#break()
    this.#toClient(() => {
      this.#world.note(this.#client.name, '', { from: note })
      if (this.#life !== null) this.#client.served(this.#life)
      this.#listener.heard(message)
    })
    if (isLast) this.#break()
  }

  #toClient(arrive: () => void): void {
    this.#toClientAt = Math.max(this.#toClientAt, this.#world.now + this.#latency())
    this.#world.schedule.at(this.#toClientAt, () => {
      if (this.#isClientHere && !this.#isSilent) arrive()
    })
  }

  #latency(): number {
    const usual = 1 + this.#random.below(8)
    return this.#world.strikes('delay') ? usual + this.#world.extent('delay', 50, 2_000) : usual
  }

  /** Breaks the connection; both ends learn it, each after its own delay. */
  #break(): void {
    this.#world.note(this.#client.name, `connection ${this.#number} breaks`, { kind: 'fault' })
    this.#isLost = this.#random.below(2) === 0
    this.#tellClosed('cut')
    this.#endSessionLater()
  }

  #fallSilent(): void {
    this.#world.note(this.#client.name, `connection ${this.#number} falls silent`, { kind: 'fault' })
    this.#isSilent = true
    this.#world.schedule.after(2 * nodeLimits.heartbeatMs, () => this.#endSession())
  }

  /** The client learns the end after all messages in flight to it. */
  #tellClosed(reason: string): void {
    this.#toClient(() => this.#clientLost(reason))
  }

  #clientLost(reason: string): void {
    if (!this.#isClientHere) return
    this.#isClientHere = false
    this.#listener.closed(reason)
  }

  /** The client closes: its earlier messages still arrive, and then the end. */
  #hangUp(): void {
    if (!this.#isClientHere) return
    this.#isClientHere = false
    if (!this.#isSilent) this.#endSessionLater()
  }

  #endSessionLater(): void {
    this.#world.schedule.at(Math.max(this.#toNodeAt, this.#world.now + this.#latency()), () => this.#endSession())
  }

  #endSession(): void {
    const session = this.#session
    if (session === null) return
    this.#session = null
    this.#sessionEndedAt = this.#world.now
    this.#life?.connections.delete(this)
    session.end()
  }
}
