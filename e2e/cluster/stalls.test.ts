/**
 * Nodes and NATS servers are paused for some seconds while clients connect and disconnect elsewhere. Two seconds after
 * they resume, all nodes must agree, and no player who was connected may have lost a game. Players are abandoned after
 * one second here, not after two minutes, so that a wrong presence of that length costs a game.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Client, GameHandle } from '../../src/client/node/index.ts'
import { recordFinding } from '../lib/record.ts'
import { plantedServer } from '../lib/server-process.ts'
import { Nodes } from './nodes.ts'

/** The long run: all pauses in steps of 100 ms, for every node and server in turn. */
const isWhole = process.env['OXO_WHOLE'] === '1'
const lengths = isWhole ? Array.from({ length: 36 }, (_, step) => 2_500 + 100 * step) : [2_600, 3_500, 4_200, 6_000]
const agreeMs = 2_000
/** Factor for all time limits: a busy machine gets twice the time of a quiet one. */
const slowdown = process.env['OXO_QUIET'] === '1' ? 1 : 2
const places = [0, 1, 2] as const

const script = (...more: readonly string[]) => [plantedServer, '--abandon-ms', '1000', ...more]

/** Three nodes, a watching client at each, and games between all pairs of nodes. */
class Scenario implements AsyncDisposable {
  readonly nodes: Nodes
  readonly #clients: Client[] = []
  readonly #watchers: Client[] = []
  readonly #watched: GameHandle[] = []
  readonly #games: (readonly [GameHandle, GameHandle])[] = []
  readonly #shown = new Set<string>()
  #watching = 0

  private constructor(nodes: Nodes) {
    this.nodes = nodes
  }

  static async start(...flags: readonly string[]): Promise<Scenario> {
    const scenario = new Scenario(await Nodes.start({ script: script(...flags) }))
    try {
      await scenario.#settle()
      return scenario
    } catch (cause) {
      await scenario[Symbol.asyncDispose]()
      throw cause
    }
  }

  connect(place: number): Client {
    const client = this.nodes.connect(place)
    this.#clients.push(client)
    return client
  }

  /** Lets the client watch the open board. */
  async watch(client: Client): Promise<GameHandle> {
    const handle = await client.game('main')
    this.#watching++
    return handle
  }

  /** Lets the client create a public game and wait for an opponent. */
  async open(client: Client): Promise<string> {
    const { id } = await client.create({ public: true })
    this.#shown.add(id)
    return id
  }

  /** Disconnects a client that watched the open board and waited in this game. */
  leave(client: Client, game: string): void {
    client.close()
    this.#watching--
    this.#shown.delete(game)
  }

  /** Describes the first wrong answer of a node; null if all are right. */
  async findError(): Promise<string | null> {
    for (const place of places) {
      const watching = this.#watched[place]?.presence?.watching
      if (watching !== this.#watching) return `node ${place}: ${watching} clients watch instead of ${this.#watching}`
      const { games } = (await this.#watchers[place]?.call('lobby.list', {})) ?? { games: [] }
      const shown = games.map(({ game }) => game).toSorted()
      if (shown.join() !== [...this.#shown].toSorted().join())
        return `node ${place}: the lobby shows ${shown.length} games instead of ${this.#shown.size}`
    }
    const away = this.#games.flat().find(({ presence }) => presence?.online.X !== true || !presence.online.O)
    return away === undefined ? null : `a player of ${away.id} counts as absent`
  }

  /** Resolves with the time until all nodes gave right answers, in ms; null after `timeoutMs`. */
  async agree(timeoutMs: number): Promise<number | null> {
    const began = performance.now()
    while (performance.now() - began < timeoutMs) {
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
      const watcher = this.connect(place)
      this.#watchers.push(watcher)
      this.#watched.push(await this.watch(watcher))
    }
    // The player to move and the waiting player are at different nodes.
    for (const here of places)
      for (const there of places.filter((place) => place !== here)) {
        const [ann, bob] = [this.connect(here), this.connect(there)]
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
  resume(): void
}

function nodeAt(scenario: Scenario, place: number): Victim {
  const node = scenario.nodes.at(place)
  return { name: `node ${place}`, stop: () => node.stop(), resume: () => node.continue() }
}

function serverAt(scenario: Scenario, place: number): Victim {
  const server = scenario.nodes.nats.servers[place % 3]
  return { name: `server ${place % 3}`, stop: () => server?.signal('SIGSTOP'), resume: () => server?.signal('SIGCONT') }
}

/** Pauses the victim for `ms`. Meanwhile one client at another node leaves its game and one starts to watch. */
async function stall(scenario: Scenario, victim: Victim, ms: number, place: number): Promise<void> {
  const [leaver, comer] = [scenario.connect(place), scenario.connect(place)]
  await scenario.watch(leaver)
  const game = await scenario.open(leaver)
  await comer.ready()
  assert.ok((await scenario.agree(10_000)) !== null, 'the nodes must agree before the pause')
  await victim.stop()
  await setTimeout(ms / 2)
  scenario.leave(leaver, game)
  const coming = scenario.watch(comer)
  await setTimeout(ms / 2)
  victim.resume()
  await coming
}

test('[N5] nodes and servers are paused for seconds: all nodes agree two seconds later, and nobody loses a game', async () => {
  await using scenario = await Scenario.start()
  const took: number[] = []
  for (const [round, ms] of lengths.entries())
    for (const victim of [nodeAt(scenario, round % 3), serverAt(scenario, round)]) {
      await stall(scenario, victim, ms, (round + 1) % 3)
      const agreed = await scenario.agree(20_000)
      assert.ok(agreed !== null, `${victim.name} for ${ms} ms: ${await scenario.findError()}`)
      if (isWhole) console.log(`${victim.name} for ${ms} ms: ${agreed} ms`)
      took.push(agreed)
      assert.equal(scenario.lost, 0, `${victim.name} for ${ms} ms: players were abandoned`)
    }
  const longest = Math.max(...took)
  const figure = `${took.length} stalls of ${lengths[0]} to ${lengths.at(-1)} ms: all agreed at most ${longest} ms later, 0 games lost`
  console.log(figure)
  assert.ok(longest <= agreeMs * slowdown, `${longest} ms`)
  recordFinding('cluster-stalls', {
    promise: 'a node or a NATS server stands still: all nodes agree 2 s later, and nobody loses a game by it',
    figure,
    test: 'e2e/cluster/stalls.test.ts',
    command: 'OXO_WHOLE=1 node --test e2e/cluster/stalls.test.ts',
  })
})

test('[N5] nodes that never request what they missed are detected', async () => {
  await using scenario = await Scenario.start('--plant', 'gaps-ignored')
  let stalls = 0
  let agreed: number | null = 0
  // In time a node loses its connection, and the messages sent meanwhile.
  for (; agreed !== null && stalls < 2 * places.length; stalls++) {
    await stall(scenario, serverAt(scenario, stalls), 8_000, stalls % 3)
    agreed = await scenario.agree(4_000)
  }
  assert.equal(agreed, null)
  recordFinding('cluster-stalls', {
    planted: 'nodes never ask for what they have missed',
    caughtAfter: `${stalls} stalls`,
  })
})
