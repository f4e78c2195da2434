/**
 * Who plays whom: one node at a time answers that for all nodes, so that two strangers never open a game each and wait
 * side by side, wherever they are. While it does not answer, each node decides by itself.
 */
import { makeId, type Timer } from '../base/index.ts'
import { type Game, makeRules, type Rules, type TimeControl } from '../game/index.ts'
import type { Hearing } from './exchange.ts'
import type { BoardChange } from './lobby-board.ts'
import type { Shared } from './shared.ts'
import { Tally } from './tally.ts'

/** One wish for an opponent, as it travels. */
export interface Wanted {
  readonly account: string
  readonly rules: Rules
  readonly clock?: TimeControl | undefined
  /** The id of the game to be opened; left out: any. */
  readonly open?: string
  /** Games that were tried and did not work. */
  readonly not: readonly string[]
}

/** Games to join, the first that works; else `open` is to be created. */
export interface Proposal {
  readonly games: readonly string[]
  readonly open: string
}

/** A game in which somebody waits, or was told to. */
interface Wait {
  readonly game: string
  readonly kind: string
  readonly owner: string
  readonly hasClock: boolean
  /** Who was told to join it. */
  claimant: string | null
  /** The lobby shows it. Until then it is a promise. */
  isShown: boolean
  /** Its owner has begun another game meanwhile: it is to be withdrawn as soon as it is there. */
  isUnwanted: boolean
}

/** How long another node is waited for, in ms; then this one decides. */
const answerMs = 500
/** How long a game is looked forward to that somebody was told to open, and how long it is kept for who is to join it, in ms. */
const promiseMs = 3_000

type Question = { readonly id: number; readonly wanted: Wanted }
type Answer = { readonly id: number; readonly proposal: Proposal }

export class Matchmaker {
  readonly #shared: Shared
  readonly #nodes: () => readonly string[]
  readonly #hearings: readonly Hearing[]
  readonly #asking = new Map<number, (proposal: Proposal) => void>()
  readonly #waits = new Map<string, Wait>()
  /** Those that nobody was told to join, by what is to be played, oldest first. */
  readonly #free = new Map<string, Map<string, Wait>>()
  /** The games that an account waits in. */
  readonly #ofOwner = new Map<string, Set<Wait>>()
  /** Who is about to play a game with a clock: nobody is told to join another one of theirs. */
  readonly #seating = new Tally<string>()
  readonly #timers = new Map<string, Timer>()
  #asked = 0

  /** @param nodes every node in an order on which all agree; this one alone where there are no others. */
  constructor(shared: Shared, nodes: () => readonly string[]) {
    this.#shared = shared
    this.#nodes = nodes
    const { exchange } = shared
    this.#hearings =
      exchange === null
        ? []
        : [
            exchange.hear(`wish.${exchange.node}`, (news, node) => {
              const { id, wanted } = JSON.parse(news) as Question
              exchange.tell(`match.${node}`, JSON.stringify({ id, proposal: this.#decide(wanted) } satisfies Answer))
            }),
            exchange.hear(`match.${exchange.node}`, (news) => {
              const { id, proposal } = JSON.parse(news) as Answer
              this.#asking.get(id)?.(proposal)
            }),
          ]
  }

  /**
   * Whoever gets a proposal says with {@link settle} what became of it, or makes it without delay: a game that was
   * proposed is nobody else's until then, for {@link promiseMs} at most.
   */
  async propose(wanted: Wanted): Promise<Proposal> {
    const { exchange } = this.#shared
    const decider = this.#nodes()[0]
    if (exchange === null || decider === undefined || decider === exchange.node) return this.#decide(wanted)
    return (await this.#ask(decider, wanted)) ?? this.#decide(wanted)
  }

  /**
   * What was proposed to the account is done, or came to nothing: a game in which somebody still waits is free again, and
   * one that is not there yet is no longer looked forward to.
   */
  settle(game: string, account: string): void {
    const wait = this.#waits.get(game)
    // Its owner got it as an answer while somebody else is about to join it.
    if (wait?.isShown === true && wait.claimant !== null && wait.owner === account) return
    this.#timers.get(game)?.cancel()
    this.#timers.delete(game)
    if (wait === undefined) return
    if (!wait.isShown) return this.#remove(wait)
    this.#unclaim(wait)
    this.#add(wait)
  }

  /**
   * The account plays a game with a clock. Answers with its other games with a clock that the lobby shows: they are to be
   * withdrawn, and so is one that {@link see} tells of later.
   */
  leave(account: string): readonly string[] {
    const waits = [...(this.#ofOwner.get(account) ?? [])].filter(({ hasClock }) => hasClock)
    for (const wait of waits) wait.isUnwanted = true
    return waits.filter(({ isShown }) => isShown).map(({ game }) => game)
  }

  /** The lobby shows a game otherwise than before. Whether it is to be withdrawn. */
  see({ game, now }: BoardChange): boolean {
    const wait = this.#waits.get(game)
    if (now?.status !== 'open') {
      if (wait !== undefined) this.#remove(wait)
    } else if (wait !== undefined) {
      wait.isShown = true
      return wait.isUnwanted
    } else this.#add({ ...makeWait(game, ownerOf(now), now), isShown: true })
    return false
  }

  /** Hears no more of other nodes. */
  close(): void {
    for (const hearing of this.#hearings) hearing.close()
    for (const timer of this.#timers.values()) timer.cancel()
  }

  #ask(decider: string, wanted: Wanted): Promise<Proposal | null> {
    const id = ++this.#asked
    return new Promise((resolve) => {
      const settle = (proposal: Proposal | null): void => {
        this.#asking.delete(id)
        timer.cancel()
        resolve(proposal)
      }
      const timer: Timer = this.#shared.clock.after(answerMs, () => settle(null))
      this.#asking.set(id, settle)
      this.#shared.exchange?.tell(`wish.${decider}`, JSON.stringify({ id, wanted } satisfies Question))
    })
  }

  #decide({ account, rules, clock, not, open = makeId(this.#shared.random) }: Wanted): Proposal {
    const kind = kindOf(rules, clock)
    const fits = ({ game }: Wait): boolean => !not.includes(game)
    // Somebody who waits already gets their own game, also if another was told to join it.
    for (const wait of this.#ofOwner.get(account) ?? [])
      if (wait.kind === kind && fits(wait)) return { games: [wait.game], open }
    for (const wait of this.#free.get(kind)?.values() ?? []) {
      if (!fits(wait) || (wait.hasClock && this.#seating.of(wait.owner) > 0)) continue
      this.#claim(wait, account)
      return { games: [wait.game], open }
    }
    this.#add(makeWait(open, account, { rules, clock }))
    this.#expire(open)
    return { games: [], open }
  }

  #claim(wait: Wait, account: string): void {
    wait.claimant = account
    if (wait.hasClock) for (const player of [account, wait.owner]) this.#seating.add(player)
    this.#unfree(wait)
    this.#expire(wait.game)
  }

  #unclaim(wait: Wait): void {
    const { claimant, owner, hasClock } = wait
    if (claimant === null) return
    wait.claimant = null
    if (hasClock) for (const player of [claimant, owner]) this.#seating.remove(player)
  }

  #expire(game: string): void {
    this.#timers.get(game)?.cancel()
    this.#timers.set(
      game,
      this.#shared.clock.after(promiseMs, () => this.settle(game, '')),
    )
  }

  #add(wait: Wait): void {
    const { game, kind, owner } = wait
    this.#waits.set(game, wait)
    this.#ofOwner.set(owner, (this.#ofOwner.get(owner) ?? new Set()).add(wait))
    this.#free.set(kind, (this.#free.get(kind) ?? new Map<string, Wait>()).set(game, wait))
  }

  #remove(wait: Wait): void {
    const { game, owner } = wait
    this.#unclaim(wait)
    this.#waits.delete(game)
    const own = this.#ofOwner.get(owner)
    own?.delete(wait)
    if (own?.size === 0) this.#ofOwner.delete(owner)
    this.#unfree(wait)
  }

  #unfree({ game, kind }: Wait): void {
    const free = this.#free.get(kind)
    free?.delete(game)
    if (free?.size === 0) this.#free.delete(kind)
  }
}

/** Who waits in an open game. */
export function ownerOf({ players }: Pick<Game, 'players'>): string {
  return players.X?.id ?? players.O?.id ?? ''
}

function makeWait(
  game: string,
  owner: string,
  { rules, clock }: { readonly rules: Rules; readonly clock?: TimeControl | undefined },
): Wait {
  const kind = kindOf(rules, clock)
  return { game, kind, owner, hasClock: clock !== undefined, claimant: null, isShown: false, isUnwanted: false }
}

/** Whether a game is what was wished for. */
export function isSameKind(
  { rules, clock }: Pick<Game, 'rules' | 'clock'>,
  wanted: Pick<Wanted, 'rules' | 'clock'>,
): boolean {
  return kindOf(rules, clock ?? undefined) === kindOf(wanted.rules, wanted.clock)
}

/** What is to be played, as a text that is the same for the same. */
function kindOf(rules: Rules, clock: TimeControl | undefined): string {
  const time =
    clock === undefined ? '' : 'perMoveMs' in clock ? `${clock.perMoveMs}` : `${clock.initialMs}+${clock.incrementMs}`
  return `${makeRules(rules)} ${time}`
}
