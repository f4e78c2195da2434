/** A node: the real service, which loses its memory in a crash, over the shared journal, which survives. */
import type { Clock, Random, Timer } from '../src/base/index.ts'
import { chooseMove } from '../src/game/index.ts'
import { type Journal, JournalFault } from '../src/journal/index.ts'
import { Fault } from '../src/protocol/index.ts'
import { shareProjection } from '../src/service/catalog/shared-catalog.ts'
import { openProjectionStore } from './broker-projection.ts'
import { type ProjectionStore, type Connection, Service, type Think, type Tokens } from '../src/service/index.ts'
import { BrokerJournal, type BrokerClient } from './broker-journal.ts'
import type { Broker } from './broker.ts'
import type { ConnectionWrapper, JsonSession } from './bugs.ts'
import type { World } from './world.ts'

/** Limits short enough to take effect within a run. */
export const nodeLimits = { requestsPerSecond: 0, heartbeatMs: 2_000, idleGameMs: 700, abandonMs: 600 }

/** The wall clock's time when a simulation begins. */
const wallOrigin = 1_790_000_000_000
/** How often faults may strike each node, in ms. */
const intervalMs = 400
/** How long a draining node waits for its last answers, in ms. */
const drainMs = 500

/** The node's side of a connection, to end it when the node goes away. */
export interface RemoteEnd {
  /** The node has crashed. */
  vanish(): void
  close(code: number, reason: string): void
}

export class SimNode {
  readonly name: string
  readonly #world: World
  readonly #broker: Broker
  readonly #random: Random
  life: Life | null = null
  isIsolated = false
  wallOffset = 0
  #lives = 0

  constructor(name: string, world: World, broker: Broker) {
    this.name = name
    this.#world = world
    this.#broker = broker
    this.#random = world.random(name)
  }

  start(): void {
    this.#boot()
    this.#worry()
  }

  /** Ends all faults of this node. */
  calm(): void {
    this.isIsolated = false
  }

  #boot(): void {
    // A host sets its clock before it starts services; later changes of the clock must not matter.
    this.wallOffset = 0
    const life = new Life(`${this.name}.${++this.#lives}`, { node: this, world: this.#world, broker: this.#broker })
    this.life = life
    life.open().catch((cause: unknown) => {
      if (!(cause instanceof JournalFault || cause instanceof Fault)) throw cause
      life.end()
      this.#world.schedule.after(100 + this.#random.below(200), () => this.#boot())
    })
  }

  #worry(): void {
    this.#world.schedule.after(intervalMs / 2 + this.#random.below(intervalMs), () => {
      if (this.#world.isCalm) return
      if (this.life?.isServing === true) this.#suffer(this.life)
      this.#worry()
    })
  }

  #suffer(life: Life): void {
    const world = this.#world
    if (world.strikes('wallJump')) {
      this.wallOffset += world.extent('wallJump', -3_600_000, 3_600_000)
      world.note(life.id, 'the wall clock is set', { kind: 'fault' })
    }
    if (world.strikes('isolation')) {
      this.isIsolated = true
      world.note(life.id, 'cut off from the journal', { kind: 'fault' })
      world.schedule.after(world.extent('isolation', 100, 1_500), () => (this.isIsolated = false))
    }
    if (world.strikes('crash')) this.#crash(life)
    else if (world.strikes('drain')) this.#drain(life)
  }

  #crash(life: Life): void {
    this.#world.note(life.id, 'crash', { kind: 'fault' })
    life.end()
    this.#world.schedule.after(50 + this.#random.below(1_000), () => this.#boot())
  }

  #drain(life: Life): void {
    this.#world.note(life.id, 'drain', { kind: 'fault' })
    const leave = (): void => {
      if (!life.isAlive) return
      void life.close()
      this.#world.schedule.after(50 + this.#random.below(500), () => this.#boot())
    }
    this.#world.schedule.after(drainMs, leave)
    void life.drain().then(leave)
  }
}

interface Surroundings {
  readonly node: SimNode
  readonly world: World
  readonly broker: Broker
}

/** One life of a node: from a start to its end. */
export class Life implements BrokerClient {
  readonly id: string
  readonly connections = new Set<RemoteEnd>()
  readonly #node: SimNode
  readonly #world: World
  readonly #broker: Broker
  readonly #journal: Journal
  readonly #protocol: ConnectionWrapper
  readonly #store: ProjectionStore | null
  #service: Service | null = null
  isAlive = true
  isDraining = false
  /** When it ended, in ms of virtual time. */
  endedAt = Infinity
  /** When it began to serve, as a sequence number of the world. */
  servesSince = Infinity

  constructor(id: string, { node, world, broker }: Surroundings) {
    this.id = id
    this.#node = node
    this.#world = world
    this.#broker = broker
    const journal = new BrokerJournal(world, broker, this, { verifies: world.bug.verifies ?? true })
    this.#journal = world.bug.journal?.(journal, () => world.now) ?? journal
    // With odd seeds the nodes share a projection store; with even seeds each node has its own.
    const isShared = world.plan.seed % 2 === 1
    this.#store = isShared ? openProjectionStore(broker.projections, journal, { world, broker, owner: this }) : null
    this.#protocol = world.bug.protocol?.() ?? ((connection, open) => open(connection))
  }

  get #tellsAs(): string {
    return this.id.replace('.', '-')
  }

  get isIsolated(): boolean {
    return this.#node.isIsolated
  }

  get isServing(): boolean {
    return this.isAlive && this.#service !== null && !this.isDraining
  }

  async open(): Promise<void> {
    const random = this.#world.random(this.id)
    const { bug } = this.#world
    const [own, bus] = [this.#clock(random.below(1e6)), this.#broker.gossip.join(this.#tellsAs)]
    const clock = bug.clock?.(own) ?? own
    const service = await Service.open({
      journal: this.#journal,
      clock,
      random,
      ...(this.#store !== null && { store: shareProjection(this.#store) }),
      tokens,
      think: makeThink(clock, random),
      limits: nodeLimits,
      exchange: bug.exchange?.(bus) ?? bus,
    })
    this.#service = service
    this.servesSince = this.#world.next()
    this.#world.note(this.id, 'serves')
  }

  /** Opens a session; null while the node accepts no connections. */
  connect(connection: Connection): JsonSession | null {
    const service = this.#service
    if (!this.isServing || service === null) return null
    return this.#protocol(connection, (inner) => service.connect(inner))
  }

  /** Ends this life at once, as a crash does. */
  end(): void {
    this.isAlive = false
    this.endedAt = this.#world.now
    this.#broker.gossip.cut(this.#tellsAs)
    this.#service = null
    for (const connection of [...this.connections]) connection.vanish()
    this.connections.clear()
  }

  drain(): Promise<void> {
    this.isDraining = true
    return this.#service?.drain('restart', 100) ?? Promise.resolve()
  }

  /** Ends this life in order: connections are closed first. */
  async close(): Promise<void> {
    const service = this.#service
    for (const connection of [...this.connections]) connection.close(1001, 'restart')
    await service?.close()
    this.#world.note(this.id, 'leaves', { kind: 'fault' })
    this.end()
  }

  /** The monotonic clock starts at a random origin in each life; the wall clock has the node's offset. */
  #clock(origin: number): Clock {
    const { schedule } = this.#world
    return {
      now: () => origin + schedule.now,
      wall: () => wallOrigin + this.#node.wallOffset + schedule.now,
      after: (ms, call): Timer =>
        schedule.after(ms, () => {
          if (this.isAlive) call()
        }),
    }
  }
}

/** Chooses moves for bots, after a random delay. */
function makeThink(clock: Clock, random: Random): Think {
  return (game, level) => {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Think>>>()
    clock.after(5 + random.below(200), () => resolve(chooseMove(game, level, random)))
    return promise
  }
}

/** Unsigned tokens: signatures are not simulated, and real ones would need a thread of the host. */
const tokens: Tokens = {
  make: ({ id, name }) => Promise.resolve(`${id}/${name}`),
  check: (token) => {
    const [id = '', name] = token.split('/')
    return name === undefined ? Promise.reject(new Fault('bad-token')) : Promise.resolve({ id, name })
  },
}
