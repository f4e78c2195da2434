/** One simulation from its first message to its last check. It runs in any host, also in a browser. */
import { type PlantedBug, noBug } from './bugs.ts'
import { Broker } from './broker.ts'
import { checkAll, gamesOf, isServersTurn, type Violation } from './checks.ts'
import { type Asked, History } from './history.ts'
import { Network } from './network.ts'
import { SimNode } from './node.ts'
import type { SimulationPlan } from './plan.ts'
import { SimPlayer } from './player.ts'
import type { Note } from './trace.ts'
import { World } from './world.ts'

export interface RunOptions {
  readonly bug?: PlantedBug
  /** Whether to keep notes of all events; makes a run several times slower. */
  readonly keepsNotes?: boolean
}

export interface Run {
  readonly violations: readonly Violation[]
  /** The hash of the trace: the same for the same plan, bug and code. */
  readonly hash: string
  readonly notes: readonly Note[]
  /** The virtual time that passed, in ms. */
  readonly ms: number
  readonly commands: number
  readonly entries: number
  /** The number of faults that struck. */
  readonly strikes: number
  /** All requests, in order of invocation. */
  readonly asked: readonly Asked[]
}

/** How long faults strike, and how long everything may take to settle afterwards, in ms. */
const horizonMs = 4_000
const patienceMs = 120_000
const lookMs = 50
const listMs = 400

/** Turns of the microtask queue between two events: more than the longest promise chain needs. */
const turns = 16

export async function simulate(
  plan: SimulationPlan,
  { bug = noBug, keepsNotes = false }: RunOptions = {},
): Promise<Run> {
  const world = new World(plan, bug, keepsNotes)
  const broker = new Broker(world)
  const nodes = Array.from({ length: plan.nodes }, (_, index) => new SimNode(`n${index + 1}`, world, broker))
  const table = { world, network: new Network(world, nodes), history: new History(world) }
  const players = Array.from({ length: plan.clients }, (_, index) => new SimPlayer(`c${index + 1}`, table))
  const stage = new Stage(world, broker, { nodes, players, history: table.history })
  for (const node of nodes) node.start()
  stage.seat()
  stage.look()
  while (!stage.isOver && world.schedule.step()) await settle()
  for (const player of players) player.stop()
  const violations = checkAll({ world, broker, history: table.history, players, lines: table.network.lines })
  const { hash, notes } = world.trace
  const { asked } = table.history
  const counts = { commands: asked.length, entries: broker.log.length, strikes: world.strikeCount }
  return { violations, hash, notes, ms: world.now, asked, ...counts }
}

interface Cast {
  readonly nodes: readonly SimNode[]
  readonly players: readonly SimPlayer[]
  readonly history: History
}

/** Controls a run: faults until all players have sent their commands, then calm until everything has settled. */
class Stage {
  isOver = false
  readonly #world: World
  readonly #broker: Broker
  readonly #cast: Cast
  #calmAt = Infinity
  #listAt = 0

  constructor(world: World, broker: Broker, cast: Cast) {
    this.#world = world
    this.#broker = broker
    this.#cast = cast
  }

  /** Starts all players; a twin only once its account is known. */
  seat(): void {
    const { players } = this.#cast
    const twin = this.#world.plan.hasTwin ? players.at(-1) : undefined
    for (const player of players) if (player !== twin) player.start()
    if (twin !== undefined) this.#seatTwin(twin)
  }

  /** Checks the progress every `lookMs`. */
  look(): void {
    this.#world.schedule.after(lookMs, () => {
      if (this.#world.isCalm) this.#finish()
      else this.#calmDown()
      if (!this.isOver) this.look()
    })
  }

  #seatTwin(twin: SimPlayer): void {
    const token = this.#cast.players[0]?.token ?? null
    if (token !== null || this.#world.isCalm) return twin.start(token)
    this.#world.schedule.after(lookMs, () => this.#seatTwin(twin))
  }

  #calmDown(): void {
    const { players, nodes } = this.#cast
    if (this.#world.now < horizonMs && players.some(({ isDone }) => !isDone)) return
    this.#world.isCalm = true
    this.#calmAt = this.#world.now
    this.#world.note('journal', 'faults stop')
    for (const node of nodes) node.calm()
    for (const player of players) player.rest()
  }

  #finish(): void {
    const { plan, now } = this.#world
    for (const player of this.#cast.players)
      player.lookOn(this.#broker.games.filter((id) => plan.games.some((game) => game.id === id)))
    this.isOver = (this.#isAtRest() && this.#isListed()) || now > this.#calmAt + patienceMs
  }

  /** Whether all players have the complete list of their games; requests the list for those that have not. */
  #isListed(): boolean {
    const missing = this.#cast.players.filter((player) => player.listed !== gamesOf(player.accountId, this.#broker))
    // A catalog gathers changes for a second, so more frequent requests return nothing new.
    const isTime = this.#world.now >= this.#listAt
    if (isTime) this.#listAt = this.#world.now + listMs
    if (isTime) for (const player of missing) player.list()
    return missing.length === 0
  }

  #isAtRest(): boolean {
    const { players, history } = this.#cast
    if (history.open > 0) return false
    return this.#world.plan.games.every(({ id }) => {
      const version = this.#broker.entries(id).length
      if (version === 0) return true
      if (players.some((player) => player.handles.get(id)?.view.version !== version)) return false
      const game = this.#broker.game(id)
      return game === null || !isServersTurn(game)
    })
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}
