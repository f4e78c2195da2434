/**
 * Who plays whom: one node at a time answers that for all nodes, so that two strangers never open a game each and wait
 * side by side, wherever they are. While it does not answer, each node decides by itself.
 */
import { makeId, type Timer } from '../base/index.ts'
import { type Game, isSameRules, type Rules, type TimeControl } from '../game/index.ts'
import type { GameSummary } from '../protocol/index.ts'
import type { Shared } from './shared.ts'

/** One wish for an opponent, as it travels. */
export interface Wanted {
  readonly account: string
  readonly rules: Rules
  readonly clock?: TimeControl | undefined
  /** Games that were tried in vain. */
  readonly not: readonly string[]
}

/** Games to join, the first that works; else `open` is to be created. */
export interface Proposal {
  readonly games: readonly string[]
  readonly open: string
}

interface Promised {
  readonly game: string
  readonly wanted: Wanted
  readonly until: number
}

export interface MatchmakerHost {
  /** What the lobby shows, on all nodes. */
  rows(): readonly GameSummary[]
  /** Every node in an order on which all agree; this one alone where there are no others. */
  nodes(): readonly string[]
}

/** How long another node is waited for, in ms; then this one decides. */
const answerMs = 500
/** How long a game is looked forward to that somebody was told to open, in ms. */
const promiseMs = 3_000

type Question = { readonly id: number; readonly wanted: Wanted }
type Answer = { readonly id: number; readonly proposal: Proposal }

export class Matchmaker {
  readonly #shared: Shared
  readonly #host: MatchmakerHost
  readonly #waiting = new Map<number, (proposal: Proposal) => void>()
  #promised: readonly Promised[] = []
  #asked = 0

  constructor(shared: Shared, host: MatchmakerHost) {
    this.#shared = shared
    this.#host = host
    const { exchange } = shared
    exchange?.hear(`wish.${exchange.node}`, (news, node) => {
      const { id, wanted } = JSON.parse(news) as Question
      exchange.tell(`match.${node}`, JSON.stringify({ id, proposal: this.#decide(wanted) } satisfies Answer))
    })
    exchange?.hear(`match.${exchange.node}`, (news) => {
      const { id, proposal } = JSON.parse(news) as Answer
      this.#waiting.get(id)?.(proposal)
    })
  }

  async propose(wanted: Wanted): Promise<Proposal> {
    const { exchange } = this.#shared
    const decider = this.#host.nodes()[0]
    if (exchange === null || decider === undefined || decider === exchange.node) return this.#decide(wanted)
    return (await this.#ask(decider, wanted)) ?? this.#decide(wanted)
  }

  #ask(decider: string, wanted: Wanted): Promise<Proposal | null> {
    const id = ++this.#asked
    return new Promise((resolve) => {
      const settle = (proposal: Proposal | null): void => {
        this.#waiting.delete(id)
        timer.cancel()
        resolve(proposal)
      }
      const timer: Timer = this.#shared.clock.after(answerMs, () => settle(null))
      this.#waiting.set(id, settle)
      this.#shared.exchange?.tell(`wish.${decider}`, JSON.stringify({ id, wanted } satisfies Question))
    })
  }

  #decide(wanted: Wanted): Proposal {
    const now = this.#shared.clock.now()
    const rows = this.#host.rows()
    const shown = new Set(rows.map(({ game }) => game))
    this.#promised = this.#promised.filter(({ game, until }) => until > now && !shown.has(game))
    const fitting = rows.filter((row) => row.status === 'open' && isFitting(row, wanted))
    const own = fitting.filter((row) => ownerOf(row) === wanted.account)
    const promised = this.#promised.filter((promise) => isFitting(promise.wanted, wanted))
    const ownPromised = promised.filter((promise) => promise.wanted.account === wanted.account)
    const isOwn = own.length + ownPromised.length > 0
    const games = (isOwn ? [...own, ...ownPromised] : [...fitting, ...promised])
      .map(({ game }) => game)
      .filter((game) => !wanted.not.includes(game))
    const open = makeId(this.#shared.random)
    if (games.length === 0) this.#promised = [...this.#promised, { game: open, wanted, until: now + promiseMs }]
    return { games, open }
  }
}

/** Who waits in an open game. */
export function ownerOf({ players }: Pick<Game, 'players'>): string {
  return players.X?.id ?? players.O?.id ?? ''
}

function isFitting(
  { rules, clock }: { readonly rules: Rules; readonly clock?: TimeControl | undefined },
  wanted: Wanted,
): boolean {
  return isSameRules(rules, wanted.rules) && JSON.stringify(clock) === JSON.stringify(wanted.clock)
}
