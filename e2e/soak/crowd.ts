/** Who uses a server during a soak: people against bots, players who keep accounts, and watchers. */
import { setTimeout as pass } from 'node:timers/promises'
import { type Random, systemRandom } from '../../src/base/index.ts'
import { type Client, connect } from '../../src/client/node/index.ts'
import type { Place } from '../lib/wire.ts'
import { nineMoves, Witness } from '../lib/checking-player.ts'

/** Comes back soon after each fault: a soak is about many, not about waiting. */
const hurried: Random = { ...systemRandom, below: (bound) => systemRandom.below(Math.min(bound, 200)) }
const paceMs = 20

export class Crowd {
  readonly witnesses: Witness[] = []
  /** What must never be, one sentence each. */
  readonly violations: string[] = []
  moves = 0
  games = 0
  #isOver = false
  readonly #clients: Client[] = []
  readonly #running: Promise<void>[] = []
  #sequence = 0

  /** `calm`: where nothing is repeated or reordered; `bad`: where everything may be. */
  constructor(calm: Place, bad: Place) {
    const url = `${bad.host}:${bad.port}`
    for (let index = 0; index < 4; index++) this.#run(this.#keepAccount(calm))
    for (const scheme of ['tcp', 'ws', 'tcp', 'ws']) this.#run(this.#playBots(this.#open(`${scheme}://${url}`)))
    for (const scheme of ['tcp', 'ws']) this.#run(this.#watch(this.#open(`${scheme}://${url}`)))
  }

  /** Lets everybody finish what they are at. */
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

  async #keepAccount(place: Place): Promise<void> {
    while (!this.#isOver) {
      const witness = new Witness(`soak-${this.#sequence++}`, { script: nineMoves })
      this.witnesses.push(witness)
      // The create is another account's on each connection: it is not asked again.
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

  /** A bot may be asked twice about one position; nothing else is refused. */
  #forgive(cause: unknown): void {
    const name = cause instanceof Error ? cause.name : String(cause)
    if (!['stale', 'not-your-turn', 'cell-taken'].includes(name)) throw cause
  }

  /** Sees the versions of the newest accounts' games rise, and their end. */
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
