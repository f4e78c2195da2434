/**
 * Nodes and NATS servers stand still for some seconds, of which no timer of theirs knows the length, while people come and
 * go elsewhere: two seconds after that all nodes say the same, and nobody who was there has lost by it. A player is
 * given up after one second here, not after two minutes: whatever is believed wrongly for that long costs a game.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Client, GameHandle } from '../../src/client/node/index.ts'
import { record } from '../lib/record.ts'
import { Nodes } from './nodes.ts'

/** All lengths in steps of 100 ms, of every node and server in turn. */
const isWhole = process.env['OXO_WHOLE'] === '1'
const lengths = isWhole ? Array.from({ length: 36 }, (_, step) => 2_500 + 100 * step) : [2_600, 3_500, 4_200, 6_000]
const agreeMs = 2_000
/** A machine that does other things as well is given so many times the time of a quiet one. */
const patience = process.env['OXO_QUIET'] === '1' ? 1 : 2
const places = [0, 1, 2] as const

const script = (...more: readonly string[]) => ['e2e/cluster/planted-node.ts', '--abandon-ms', '1000', ...more]

/** Three nodes, somebody at each who looks, and games between all of them. */
class Town implements AsyncDisposable {
  readonly nodes: Nodes
  readonly #clients: Client[] = []
  readonly #lookers: Client[] = []
  readonly #watched: GameHandle[] = []
  readonly #games: (readonly [GameHandle, GameHandle])[] = []
  readonly #shown = new Set<string>()
  #watching = 0

  private constructor(nodes: Nodes) {
    this.nodes = nodes
  }

  static async start(...flags: readonly string[]): Promise<Town> {
    const town = new Town(await Nodes.start({ script: script(...flags) }))
    try {
      await town.#settle()
      return town
    } catch (cause) {
      await town[Symbol.asyncDispose]()
      throw cause
    }
  }

  enter(place: number): Client {
    const client = this.nodes.connect(place)
    this.#clients.push(client)
    return client
  }

  /** Somebody looks at the open board. */
  async watch(client: Client): Promise<GameHandle> {
    const handle = await client.game('main')
    this.#watching++
    return handle
  }

  /** Somebody waits in a game that the lobby shows. */
  async open(client: Client): Promise<string> {
    const { id } = await client.create({ public: true })
    this.#shown.add(id)
    return id
  }

  /** Somebody goes who looked at the open board and waited in this game. */
  leave(client: Client, game: string): void {
    client.close()
    this.#watching--
    this.#shown.delete(game)
  }

  /** What a node says that is not so; null: it is right in all. */
  async findError(): Promise<string | null> {
    for (const place of places) {
      const watching = this.#watched[place]?.presence?.watching
      if (watching !== this.#watching) return `node ${place}: ${watching} watch, and not ${this.#watching}`
      const { games } = (await this.#lookers[place]?.call('lobby.list', {})) ?? { games: [] }
      const shown = games.map(({ game }) => game).toSorted()
      if (shown.join() !== [...this.#shown].toSorted().join())
        return `node ${place}: the lobby shows ${shown.length} games, and not ${this.#shown.size}`
    }
    const away = this.#games.flat().find(({ presence }) => presence?.online.X !== true || !presence.online.O)
    return away === undefined ? null : `somebody is away from ${away.id}`
  }

  /** Resolves with how long it took until all nodes said what is so; null: longer than that. */
  async agree(patienceMs: number): Promise<number | null> {
    const began = performance.now()
    while (performance.now() - began < patienceMs) {
      if ((await this.findError()) === null) return Math.round(performance.now() - began)
      await setTimeout(20)
    }
    return null
  }

  get lost(): number {
    return this.#games.filter(([{ view }]) => view.outcome !== null).length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.nodes[Symbol.asyncDispose]()
  }

  async #settle(): Promise<void> {
    for (const place of places) {
      const looker = this.enter(place)
      this.#lookers.push(looker)
      this.#watched.push(await this.watch(looker))
    }
    // The player to move is at another node than the one who waits.
    for (const here of places)
      for (const there of places.filter((place) => place !== here)) {
        const [ann, bob] = [this.enter(here), this.enter(there)]
        const one = await ann.create({ public: true, seat: 'X' })
        const other = await bob.join(one.id)
        await one.until(({ version }) => version === 2)
        await one.move(0, 0)
        this.#games.push([one, other])
        this.#shown.add(one.id)
      }
    const took = await this.agree(20_000)
    assert.ok(took !== null, (await this.findError()) ?? 'too late')
  }
}

interface Victim {
  readonly name: string
  stop(): unknown
  goOn(): void
}

function nodeAt(town: Town, place: number): Victim {
  const node = town.nodes.at(place)
  return { name: `node ${place}`, stop: () => node.stop(), goOn: () => node.continue() }
}

function serverAt(town: Town, place: number): Victim {
  const server = town.nodes.nats.servers[place % 3]
  return { name: `server ${place % 3}`, stop: () => server?.signal('SIGSTOP'), goOn: () => server?.signal('SIGCONT') }
}

/** The victim stands still for so long; meanwhile somebody comes to a node, and somebody who waits in a game leaves it. */
async function stall(town: Town, victim: Victim, ms: number, place: number): Promise<void> {
  const [leaver, comer] = [town.enter(place), town.enter(place)]
  await town.watch(leaver)
  const game = await town.open(leaver)
  await comer.ready()
  assert.ok((await town.agree(10_000)) !== null, 'nothing stands still')
  await victim.stop()
  await setTimeout(ms / 2)
  town.leave(leaver, game)
  const coming = town.watch(comer)
  await setTimeout(ms / 2)
  victim.goOn()
  await coming
}

test('[N5] nodes and servers stand still for seconds: all nodes agree two seconds later, and nobody loses by it', async () => {
  await using town = await Town.start()
  const took: number[] = []
  for (const [round, ms] of lengths.entries())
    for (const victim of [nodeAt(town, round % 3), serverAt(town, round)]) {
      await stall(town, victim, ms, (round + 1) % 3)
      const agreed = await town.agree(20_000)
      assert.ok(agreed !== null, `${victim.name} for ${ms} ms: ${await town.findError()}`)
      if (isWhole) console.log(`${victim.name} for ${ms} ms: ${agreed} ms`)
      took.push(agreed)
      assert.equal(town.lost, 0, `${victim.name} for ${ms} ms: games were given up`)
    }
  const longest = Math.max(...took)
  const figure = `${took.length} stalls of ${lengths[0]} to ${lengths.at(-1)} ms: all agreed at most ${longest} ms later, 0 games lost`
  console.log(figure)
  assert.ok(longest <= agreeMs * patience, `${longest} ms`)
  record('cluster-stalls', {
    promise: 'a node or a NATS server stands still: all nodes agree 2 s later, and nobody loses a game by it',
    figure,
    test: 'e2e/cluster/stalls.test.ts',
    command: 'OXO_WHOLE=1 node --test e2e/cluster/stalls.test.ts',
  })
})

test('[N5] nodes that never ask for what they missed are noticed', async () => {
  await using town = await Town.start('--plant', 'gaps-ignored')
  let stalls = 0
  let agreed: number | null = 0
  // Some node loses its connection, and what is told meanwhile.
  for (; agreed !== null && stalls < 2 * places.length; stalls++) {
    await stall(town, serverAt(town, stalls), 8_000, stalls % 3)
    agreed = await town.agree(4_000)
  }
  assert.equal(agreed, null)
  record('cluster-stalls', { planted: 'nodes never ask for what they have missed', caughtAfter: `${stalls} stalls` })
})
