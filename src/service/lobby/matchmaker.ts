/**
 * Who plays whom: one node at a time answers that for all nodes, so that two strangers do not open a game each and wait
 * side by side, wherever they are. While it does not answer the next one does, and then each node by itself; who waits side
 * by side after all is brought together by the next wish of one of them.
 */
import { makeId, type Timer } from '../../base/index.ts'
import { type Game, makeRules, type Rules, type TimeControl } from '../../game/index.ts'
import type { RowChange } from './lobby-rows.ts'
import type { Proposal, Wanted } from '../cluster/node-message.ts'
import type { Peers } from '../cluster/peers.ts'
import type { Shared } from '../context.ts'
import { Tally } from '../sessions/tally.ts'

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

/** How long another node is waited for, in ms, how many are, and how long one that did not answer is not asked again. */
const answerMs = 500
const asksMax = 2
const slowMs = 2_000
/** How long a game is looked forward to that somebody was told to open, and how long it is kept for who is to join it, in ms. */
const promiseMs = 3_000

/** What was proposed to whom. */
interface Answered {
  readonly game: string
  readonly account: string
}

export class Matchmaker {
  readonly #shared: Shared
  /** Wishes that another node is asked about. */
  readonly #asking = new Map<string, (proposal: Proposal) => void>()
  /** Those that it has answered and that are not settled yet, by game and account. */
  readonly #unsettled = new Map<string, string>()
  /** Wishes of other nodes that this one has answered. */
  readonly #answered = new Map<string, Answered>()
  /** Nodes that did not answer, and until when they are not asked. */
  readonly #slow = new Map<string, number>()
  readonly #waits = new Map<string, Wait>()
  /** Those that nobody was told to join, by what is to be played, oldest first. */
  readonly #free = new Map<string, Map<string, Wait>>()
  /** The games that an account waits in. */
  readonly #ofOwner = new Map<string, Set<Wait>>()
  /** Who is about to play a game with a clock: nobody is told to join another one of theirs. */
  readonly #seating = new Tally<string>()
  readonly #timers = new Map<string, Timer>()
  #asked = 0

  constructor(shared: Shared) {
    this.#shared = shared
    shared.peers?.watch('wish', (wish) => this.#hearWish(wish))
    shared.peers?.watch('match', (wish) => this.#hearMatch(wish))
  }

  /**
   * Whoever gets a proposal says with {@link settle} what became of it, or makes it without delay: a game that was
   * proposed is nobody else's until then, for {@link promiseMs} at most.
   */
  async propose(wanted: Wanted): Promise<Proposal> {
    const { peers } = this.#shared
    for (let asked = 0; peers !== null && asked < asksMax; asked++) {
      const decider = this.#findDecider(peers)
      if (decider === peers.node) return this.#decide(wanted, true)
      const proposal = await this.#ask(peers, decider, wanted)
      if (proposal !== null) return proposal
    }
    return this.#decide(wanted, peers === null)
  }

  /**
   * What was proposed to the account is done, or came to nothing: a game in which somebody still waits is free again, and
   * one that is not there yet is no longer looked forward to.
   */
  settle(game: string, account: string): void {
    this.#drop(`${game} ${account}`)
    this.#settle(game, account)
  }

  #settle(game: string, account: string | null): void {
    const wait = this.#waits.get(game)
    // Somebody else is about to join it.
    if (wait?.isShown === true && wait.claimant !== null && account !== null && wait.claimant !== account) return
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
  see({ game, now }: RowChange): boolean {
    const wait = this.#waits.get(game)
    if (now?.status !== 'open') {
      if (wait !== undefined) this.#remove(wait)
    } else if (wait !== undefined) {
      wait.isShown = true
      return wait.isUnwanted
    } else this.#add({ ...makeWait(game, ownerOf(now), now), isShown: true })
    return false
  }

  /** Those that the account waits in where it has found an opponent for the same elsewhere. */
  others(account: string, { rules, clock }: Pick<Wanted, 'rules' | 'clock'>, found: string): readonly string[] {
    const kind = kindOf(rules, clock)
    const waits = [...(this.#ofOwner.get(account) ?? [])]
    return waits.filter((wait) => wait.isShown && wait.kind === kind && wait.game !== found).map(({ game }) => game)
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
  }

  /** The first that has answered so far. */
  #findDecider({ node, nodes }: Peers): string {
    const now = this.#shared.clock.now()
    return nodes.find((each) => each === node || (this.#slow.get(each) ?? 0) <= now) ?? node
  }

  /** Null: it does not answer. */
  #ask(peers: Peers, decider: string, wanted: Wanted): Promise<Proposal | null> {
    const wish = `${peers.node}.${++this.#asked}`
    const { clock } = this.#shared
    return new Promise((resolve) => {
      const timer = clock.after(answerMs, () => {
        this.#slow.set(decider, clock.now() + slowMs)
        end(null)
        peers.put('wish', wish, null)
      })
      const end = (proposal: Proposal | null): void => {
        this.#asking.delete(wish)
        timer.cancel()
        resolve(proposal)
      }
      this.#asking.set(wish, (proposal) => {
        this.#slow.delete(decider)
        const name = `${proposal.games[0] ?? proposal.open} ${wanted.account}`
        this.#drop(name)
        this.#unsettled.set(name, wish)
        end(proposal)
      })
      peers.put('wish', wish, { ...wanted, to: decider })
    })
  }

  /** What came of a wish is known here: who answered it need not keep anything for it. */
  #drop(name: string): void {
    const wish = this.#unsettled.get(name)
    if (wish === undefined) return
    this.#unsettled.delete(name)
    this.#shared.peers?.put('wish', wish, null)
  }

  /** Another node asks, or does not any more. */
  #hearWish(wish: string): void {
    const { peers } = this.#shared
    const wanted = peers?.find('wish', wish).find(({ to }) => to === peers.node)
    const answered = this.#answered.get(wish)
    if (wanted !== undefined && answered === undefined) {
      const proposal = this.#decide(wanted, true)
      this.#answered.set(wish, { game: proposal.games[0] ?? proposal.open, account: wanted.account })
      peers?.put('match', wish, proposal)
    } else if (wanted === undefined && answered !== undefined) {
      this.#answered.delete(wish)
      peers?.put('match', wish, null)
      this.#settle(answered.game, answered.account)
    }
  }

  #hearMatch(wish: string): void {
    const [proposal] = this.#shared.peers?.find('match', wish) ?? []
    if (proposal !== undefined) this.#asking.get(wish)?.(proposal)
  }

  /** @param isDecider it is this node's turn to decide, and no other's */
  #decide({ account, rules, clock, not, open = makeId(this.#shared.random) }: Wanted, isDecider: boolean): Proposal {
    const kind = kindOf(rules, clock)
    const fits = ({ game }: Wait): boolean => !not.includes(game)
    const own = [...(this.#ofOwner.get(account) ?? [])].find((wait) => wait.kind === kind && fits(wait))
    // Somebody who waits already gets their own game if another was told to join it, or it is what they ask for.
    if (own !== undefined && (!isDecider || !own.isShown || own.claimant !== null || own.game === open))
      return { games: [own.game], open }
    for (const wait of this.#free.get(kind)?.values() ?? []) {
      if (!fits(wait) || wait.owner === account) continue
      if (wait.hasClock && this.#seating.of(wait.owner) > 0) continue
      this.#claim(wait, account)
      // They wait side by side: nobody is to come to the other game meanwhile.
      if (own !== undefined) this.#claim(own, account)
      return { games: [wait.game], open }
    }
    if (own !== undefined) return { games: [own.game], open }
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
      this.#shared.clock.after(promiseMs, () => this.#settle(game, null)),
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
