/** The clients of a server during a soak: players against bots, witnesses, and watchers. */
import { setTimeout as pass } from 'node:timers/promises'
import { type Random, systemRandom } from '../../src/base/index.ts'
import { type Client, connect } from '../../src/client/node/index.ts'
import type { Endpoint } from '../../src/conformance/endpoint.ts'
import { nineMoves, Witness } from '../lib/checking-player.ts'

/** Shortens the random delays before a reconnect, so that a soak has many faults instead of long waits. */
const hurried: Random = { ...systemRandom, below: (bound) => systemRandom.below(Math.min(bound, 200)) }
const paceMs = 20

export class SoakCrowd {
  readonly witnesses: Witness[] = []
  /** Violated invariants, one sentence each. */
  readonly violations: string[] = []
  moves = 0
  games = 0
  #isOver = false
  readonly #clients: Client[] = []
  readonly #running: Promise<void>[] = []
  #sequence = 0

  /** `calm`: an address where nothing is repeated or reordered; `bad`: one where anything may be. */
  constructor(calm: Endpoint, bad: Endpoint) {
    const url = `${bad.host}:${bad.port}`
    for (let index = 0; index < 4; index++) this.#run(this.#keepAccount(calm))
    for (const scheme of ['tcp', 'ws', 'tcp', 'ws']) this.#run(this.#playBots(this.#open(`${scheme}://${url}`)))
    for (const scheme of ['tcp', 'ws']) this.#run(this.#watch(this.#open(`${scheme}://${url}`)))
  }

  /** Resolves when all clients have finished their current work. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#running)
    for (const client of this.#clients) client.close()
  }

  #run(work: Promise<void>): void {
    this.#running.push(work.catch((cause: unknown) => void this.violations.push(String(cause))))
  }

  #open(url: string): Client {
    const client = connect(url, { random: hurried })
    this.#clients.push(client)
    return client
  }

  async #keepAccount(place: Endpoint): Promise<void> {
    while (!this.#isOver) {
      const witness = new Witness(`soak-${this.#sequence++}`, { script: nineMoves })
      this.witnesses.push(witness)
      // A new connection is another account, so an unanswered creation is not repeated.
      await witness.play(place)
      while (!witness.isDone && witness.acknowledged > 0) {
        await pass(paceMs)
        await witness.play(place)
      }
      this.moves += witness.acknowledged
      await pass(paceMs * 10)
    }
  }

  async #playBots(client: Client): Promise<void> {
    while (!this.#isOver) {
      const game = await client.create({ opponent: { bot: 'casual' } })
      for (;;) {
        const view = await game.until(({ outcome, turn }) => outcome !== null || turn === 'X')
        if (view.outcome !== null) break
        const cell = view.board.indexOf('.')
        await game.move(cell % 3, Math.floor(cell / 3)).catch((cause: unknown) => this.#forgive(cause))
        this.moves++
        await pass(paceMs)
      }
      this.games++
      game.close()
    }
  }

  /** Tolerates the refusals that a bot's move in between causes. @throws all other errors. */
  #forgive(cause: unknown): void {
    const name = cause instanceof Error ? cause.name : String(cause)
    if (!['stale', 'not-your-turn', 'cell-taken'].includes(name)) throw cause
  }

  /** Watches games of the newest witnesses and checks that their versions never decrease. */
  async #watch(client: Client): Promise<void> {
    while (!this.#isOver) {
      await pass(paceMs * 10)
      const witness = this.witnesses.at(-1)
      if (witness === undefined || witness.acknowledged === 0) continue
      const game = await client.game(witness.account.game)
      let seen = 0
      for (let looks = 0; looks < 20 && game.view.outcome === null; looks++) {
        if (game.view.version < seen) this.violations.push(`${game.id}: version ${game.view.version} after ${seen}`)
        seen = game.view.version
        await pass(paceMs)
      }
      game.close()
    }
  }
}
