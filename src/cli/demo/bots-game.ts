/** Two bots that play on through the balancer, as ordinary clients, and how long their moves wait. */
import { holdingClock, sleep, systemClock } from '../../base/index.ts'
import { connect } from '../../client/node/index.ts'
import type { DemoGame } from '../../protocol/demo.ts'
import { playOut } from '../commands/bot.ts'

/** Between two moves, in ms: slow enough to follow. */
const paceMs = 700
/** How long a wait counts for {@link DemoGame.longestMs}, in ms. */
const keptMs = 60_000

export class BotsGame {
  readonly #clients
  #game: string | null = null
  #moves = 0
  #since: number | null = null
  #waits: readonly { readonly at: number; readonly ms: number }[] = []
  #isOver = false

  constructor(server: string) {
    this.#clients = ['Xenia', 'Otto'].map((name) => connect(server, { name, giveUpMs: Infinity }))
    void this.#playOn()
  }

  get state(): DemoGame {
    const now = systemClock.now()
    this.#waits = this.#waits.filter(({ at }) => at > now - keptMs)
    const waitingMs = this.#since === null ? null : Math.round(now - this.#since)
    const longestMs = Math.round(Math.max(waitingMs ?? 0, ...this.#waits.map(({ ms }) => ms)))
    return { game: this.#game, moves: this.#moves, waitingMs, longestMs }
  }

  close(): void {
    this.#isOver = true
    for (const client of this.#clients) client.close()
  }

  async #playOn(): Promise<void> {
    while (!this.#isOver)
      try {
        await this.#playGame()
      } catch (cause) {
        if (!this.#isOver) console.error(`The game of the bots ended (${String(cause)}); they begin another one.`)
        await sleep(holdingClock, paceMs)
      }
  }

  async #playGame(): Promise<void> {
    const [x, o] = this.#clients
    if (x === undefined || o === undefined) return
    const first = await x.create({ rules: '9,9,5' })
    const second = await o.join(first.id)
    this.#game = first.id
    await Promise.all([first, second].map((handle) => playOut(handle, 'casual', (move) => this.#measure(move))))
    await sleep(holdingClock, 3 * paceMs)
    first.close()
    second.close()
  }

  async #measure(move: () => Promise<unknown>): Promise<void> {
    await sleep(holdingClock, paceMs)
    const from = systemClock.now()
    this.#since = from
    try {
      await move()
      this.#moves++
    } finally {
      this.#since = null
      const at = systemClock.now()
      this.#waits = [...this.#waits, { at, ms: at - from }]
    }
  }
}
