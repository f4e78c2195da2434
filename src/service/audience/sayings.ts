/** What the two people in a game say to each other: passed on to those who are connected, on any node, and kept nowhere. */
import { type Game, isStarted, type Player, players } from '../../game/index.ts'
import { Fault, type Saying } from '../../protocol/index.ts'
import type { Said } from '../cluster/node-message.ts'
import type { ServiceContext } from '../context.ts'
import { SharedNotification } from '../games/change.ts'
import type { Games } from '../games/games.ts'
import { RateLimiters } from '../sessions/rate-limits.ts'
import type { Listener } from './audience.ts'

export class Sayings {
  readonly #shared: ServiceContext
  readonly #games: Games
  /** By account. Null if there is no limit. */
  readonly #rates: RateLimiters | null

  constructor(shared: ServiceContext, games: Games) {
    const { requestsPerSecond, sayingsPerSecond, sayingBurst, rateBuckets } = shared.limits
    this.#shared = shared
    this.#games = games
    this.#rates =
      requestsPerSecond === 0
        ? null
        : new RateLimiters(shared.random.below(2 ** 32), rateBuckets, sayingsPerSecond, sayingBurst)
    shared.peers?.hear((said) => this.#tell(said, null))
  }

  /** @throws Fault if `from` is not one of two people in a started game, or says too much. */
  say(id: string, game: Game, what: Saying, from: Listener): void {
    const by = speakerIn(game, from.accountId)
    const { clock, peers } = this.#shared
    const retryAfterMs = this.#rates?.of(from.accountId ?? '').take(clock.now()) ?? 0
    if (retryAfterMs > 0) throw new Fault('rate-limited', 'you say too much at once', { retryAfterMs })
    const said = { game: id, by, what }
    this.#tell(said, from)
    peers?.say(said)
  }

  #tell({ game, by, what }: Said, except: Listener | null): void {
    this.#games.tellPlayers(game, new SharedNotification('game.said', { game, by, what }, `said ${game}`), except)
  }
}

/** @throws Fault */
function speakerIn(game: Game, account: string | null): Player {
  const { X, O } = game.players
  const by = players.find((player) => account !== null && game.players[player]?.id === account)
  if (by === undefined) throw new Fault('not-your-seat', 'you own no seat in this game')
  if (game.seats === 'open' || X?.bot !== undefined || O?.bot !== undefined || X?.id === O?.id)
    throw new Fault('not-your-seat', 'only the two people in a game talk to each other')
  if (!isStarted(game)) throw new Fault('not-started', 'the opponent has not joined yet')
  return by
}
