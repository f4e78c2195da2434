/** Plays many games on all nodes at once while something fails, and checks them afterwards. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { type Client, OxoError } from '../../src/client/node/index.ts'
import { parseRules, rejections } from '../../src/game/index.ts'
import type { GameView } from '../../src/protocol/index.ts'
import {
  checkLinearizable,
  describeView,
  type GameInput,
  type GameOutput,
  makeGameModel,
  type Operation,
} from '../../src/testing/index.ts'
import type { Nodes } from './nodes.ts'

type Step = Operation<GameInput, GameOutput>

const side = 25
/** A line as long as the board: nobody wins, so a game lasts as long as a test. */
const rules = `${side},${side},${side}`

/** Timeout of every wait, in ms. */
const timeoutMs = 60_000

/** Default delay between a player's moves, in ms: these tests check failures, not throughput. */
const thinkMsDefault = 15

interface MatchOptions {
  readonly game: string
  readonly clients: readonly Client[]
  readonly thinkMs: number
}

/** One open board, and two clients at different nodes that move on it. */
export class LeagueGame {
  readonly game: string
  readonly history: Step[] = []
  /** The times of all acknowledgements, by `performance.now()`. */
  readonly acks: number[] = []
  readonly #clients: readonly Client[]
  readonly #thinkMs: number
  #isOver = false
  #version = 1
  #playing: Promise<unknown> = Promise.resolve()

  constructor({ game, clients, thinkMs }: MatchOptions) {
    this.game = game
    this.#clients = clients
    this.#thinkMs = thinkMs
  }

  get version(): number {
    return this.#version
  }

  async begin(): Promise<void> {
    const [first] = this.#clients
    assert(first !== undefined)
    const parsed = parseRules(rules)
    assert(parsed !== null && typeof parsed !== 'string')
    const { id: by } = await first.ready()
    const create = { type: 'create', rules: parsed, seats: 'open', public: false, players: {}, by } as const
    const made = await this.#record(create, () => first.call('game.create', { game: this.game, rules, seats: 'open' }))
    this.#playing = Promise.all(this.#clients.map((client, index) => this.#play(client, index, made)))
  }

  /** Resolves when the requests in flight have been answered. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#playing
  }

  async #play(client: Client, index: number, made: GameView | null): Promise<void> {
    const { id: by } = await client.ready()
    let seen = made ?? (await client.call('game.get', { game: this.game }))
    while (!this.#isOver && seen.board.includes('.')) {
      const { version } = seen
      // The clients fill the board from opposite ends, so it shows which of them made a move.
      const cell = index === 0 ? seen.board.indexOf('.') : seen.board.lastIndexOf('.')
      const move = { x: cell % side, y: Math.floor(cell / side), version }
      const view = await this.#record({ type: 'move', by, ...move }, () =>
        client.call('game.move', { game: this.game, ...move }),
      )
      if (view !== null) this.acks.push(performance.now())
      const now = view ?? (await this.#record('read', () => client.call('game.get', { game: this.game })))
      if (now !== null && now.version > version) seen = now
      this.#version = Math.max(this.#version, seen.version)
      await setTimeout(this.#thinkMs * (index + 1))
    }
  }

  /** Adds a request to the history. Null if it was refused or its outcome is unknown. */
  async #record(input: GameInput, request: () => Promise<GameView>): Promise<GameView | null> {
    const invoked = performance.now()
    try {
      const view = await request()
      this.history.push({ input, output: { state: describeView(view) }, invoked, returned: performance.now() })
      return view
    } catch (cause) {
      if (!(cause instanceof OxoError)) throw cause
      const refused = rejections.find((name) => name === cause.name)
      if (refused !== undefined) this.history.push({ input, output: { refused }, invoked, returned: performance.now() })
      else this.history.push({ input, invoked, returned: Infinity })
      return null
    }
  }
}

export class League implements AsyncDisposable {
  readonly matches: readonly LeagueGame[]
  readonly #clients: readonly Client[]

  private constructor(matches: readonly LeagueGame[], clients: readonly Client[]) {
    this.matches = matches
    this.#clients = clients
  }

  /**
   * Starts `count` matches; the two clients of each begin at neighbouring nodes. A board is full after 625 moves, so a
   * long test needs a longer `thinkMs`.
   */
  static start(nodes: Nodes, count: number, thinkMs = thinkMsDefault): Promise<League> {
    const name = crypto.randomUUID().slice(0, 8)
    return League.of(
      nodes,
      Array.from({ length: count }, (_, index) => `${name}-${index}`),
      thinkMs,
    )
  }

  /** As {@link start}, with one match for each of these game ids. */
  static async of(nodes: Nodes, games: readonly string[], thinkMs = thinkMsDefault): Promise<League> {
    const clients: Client[] = []
    const matches = games.map((game, index) => {
      const pair = [nodes.connect(index), nodes.connect(index + 1)]
      clients.push(...pair)
      return new LeagueGame({ game, clients: pair, thinkMs })
    })
    for (const match of matches) await match.begin()
    return new League(matches, clients)
  }

  /** Resolves when each of `matches` has had `moves` more moves. @throws after a timeout. */
  async progress(moves: number, matches: readonly LeagueGame[] = this.matches): Promise<void> {
    const goals = matches.map(({ version }) => version + moves)
    const late = performance.now() + timeoutMs
    while (matches.some(({ version }, index) => version < (goals[index] ?? 0))) {
      if (performance.now() > late) throw new Error(`a match had fewer than ${moves} moves in ${timeoutMs} ms`)
      await setTimeout(10)
    }
  }

  /** The longest time since `from` that each of `matches` had no acknowledgement, in ms, in ascending order. */
  longestGaps(from: number, matches: readonly LeagueGame[] = this.matches): readonly number[] {
    const gaps = matches.map(({ acks }) => {
      const since = [from, ...acks.filter((at) => at > from)].toSorted((a, b) => a - b)
      return Math.max(0, ...since.slice(1).map((at, index) => at - (since[index] ?? at)))
    })
    return gaps.map(Math.round).toSorted((a, b) => a - b)
  }

  get acknowledged(): number {
    return this.matches.reduce((sum, { acks }) => sum + acks.length, 0)
  }

  /**
   * Ends all matches and reports lost or doubled moves, nodes that disagree, and histories that are not linearizable.
   * `waitMs`: how long the nodes may take to answer requests in flight, and to agree.
   */
  async findings(nodes: Nodes, waitMs = timeoutMs / 2): Promise<readonly string[]> {
    const findings = await this.#end(waitMs)
    for (const { game, history } of this.matches) {
      const views = await settledViews(nodes, game, waitMs)
      if (views.length < nodes.list.length || new Set(views.map(describeView)).size > 1)
        findings.push(`${game}: the nodes are at versions ${views.map(({ version }) => version).join(', ')}`)
      const last = performance.now()
      const seen = views.map(
        (view) =>
          ({ input: 'read', output: { state: describeView(view) }, invoked: last, returned: last + 1 }) as const,
      )
      const verdict = checkLinearizable(makeGameModel(game), [...history, ...seen], { mayMiss })
      if (verdict.type === 'violated')
        findings.push(`${game}: no order explains ${verdict.stuck.map(describe).join(' | ')}`)
      if (verdict.type === 'undecided') findings.push(`${game}: undecided after ${history.length} requests`)
    }
    return findings
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close()
    await Promise.all(this.matches.map((match) => match.end()))
  }

  /** Ends all matches. Reports those that still wait for an answer after `waitMs`, and closes all clients then. */
  async #end(waitMs: number): Promise<string[]> {
    const waiting = new Set(this.matches)
    const ended = Promise.all(this.matches.map((match) => match.end().then(() => waiting.delete(match))))
    const timer = new AbortController()
    await Promise.race([ended, setTimeout(waitMs, undefined, { signal: timer.signal })])
    timer.abort()
    const findings = [...waiting].map(({ game }) => `${game}: a player still waits for an answer`)
    if (waiting.size > 0) for (const client of this.#clients) client.close()
    await ended
    return findings
  }
}

function describe({ input, output, invoked, returned }: Step): string {
  const answer = output === undefined ? 'nothing' : 'refused' in output ? output.refused : output.state.slice(0, 120)
  const request =
    input === 'read'
      ? 'read'
      : `${input.type} ${'version' in input ? input.version : ''} by ${'by' in input ? input.by : ''}`
  return `${request} (${Math.round(invoked)}–${Math.round(returned)}) → ${answer}`
}

/** A read may come from a node that lags: it says at which version. The final reads, 1 ms long, may miss nothing. */
function mayMiss(later: Step, earlier: Step): boolean {
  return later.input === 'read' && earlier.input !== 'read' && later.returned - later.invoked !== 1
}

/** The view of every node, as soon as all agree, or after `waitMs`. */
async function settledViews(nodes: Nodes, game: string, waitMs: number): Promise<readonly GameView[]> {
  const late = performance.now() + waitMs
  for (;;) {
    const views = (await Promise.all(nodes.list.map(({ url }) => readView(url, game)))).filter((view) => view !== null)
    const isSettled = views.length === nodes.list.length && new Set(views.map(describeView)).size === 1
    if (isSettled || performance.now() > late) return views
    await setTimeout(20)
  }
}

/** Null if the node refuses. */
async function readView(url: string, game: string): Promise<GameView | null> {
  const response = await fetch(`${url}/games/${game}`, { headers: { accept: 'application/json' } })
  return response.ok ? ((await response.json()) as GameView) : null
}
