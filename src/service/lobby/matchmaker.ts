/**
 * Pairs players. One node at a time decides for all nodes, so that two strangers on different nodes do not each open a
 * game and wait side by side. While the deciding node does not answer, the next one decides, and then each node by
 * itself. If two players wait side by side after all, the next wish of one of them brings them together.
 */
import { makeId, type Timer } from '../../base/index.ts'
import { type Game, makeRules, type MatchLength, type Rules, type TimeControl } from '../../game/index.ts'
import type { RowChange } from './lobby-rows.ts'
import type { Proposal, WishRow } from '../cluster/node-message.ts'
import type { Peers } from '../cluster/peers.ts'
import type { ServiceContext } from '../context.ts'
import { KeyCounts } from './key-counts.ts'

/** A game in which an account waits, or which it was told to open. */
interface Wait {
  readonly game: string
  readonly kind: string
  readonly owner: string
  readonly hasClock: boolean
  /** The account that was told to join it. */
  claimant: string | null
  /** The lobby shows it. Until then it is only promised. */
  isShown: boolean
  /** Its owner has begun another game: withdraw it as soon as the lobby shows it. */
  isUnwanted: boolean
}

/** What the games of a wish have in common: the rules, the clock and the length of the match. */
type Kind = Pick<WishRow, 'rules' | 'clock' | 'match'>

/** A game, or its row in the lobby. */
interface OpenGame {
  readonly rules: Rules
  readonly clock?: TimeControl | null | undefined
  readonly match?: { readonly length: MatchLength } | null | undefined
}

/**
 * How long to wait for another node in ms, how many nodes to ask, and how long a silent node is not asked again in ms.
 */
const answerMs = 500
const asksMax = 2
const slowMs = 2_000
/**
 * How long a promised game is offered before its creator is presumed gone, and how long a game is reserved for the
 * account that is to join it, in ms.
 */
const promiseMs = 3_000

/** The game that was proposed to an account. */
interface Answered {
  readonly game: string
  readonly account: string
}

export class Matchmaker {
  readonly #shared: ServiceContext
  /** Wishes of this node that another node is deciding. */
  readonly #asking = new Map<string, (proposal: Proposal) => void>()
  /** Wishes that another node has answered and that are not settled yet, by game and account. */
  readonly #unsettled = new Map<string, string>()
  /** Wishes of other nodes that this node has answered. */
  readonly #answered = new Map<string, Answered>()
  /** Nodes that did not answer, and the time until which they are not asked. */
  readonly #slow = new Map<string, number>()
  readonly #waits = new Map<string, Wait>()
  /** Games that nobody was told to join, by kind, oldest first. */
  readonly #free = new Map<string, Map<string, Wait>>()
  /** The games in which an account waits. */
  readonly #ofOwner = new Map<string, Set<Wait>>()
  /** Accounts about to play a game with a clock: nobody is told to join another such game of theirs. */
  readonly #seating = new KeyCounts<string>()
  readonly #timers = new Map<string, Timer>()
  #asked = 0

  constructor(shared: ServiceContext) {
    this.#shared = shared
    shared.peers?.watch('wish', (wish) => this.#receiveWish(wish))
    shared.peers?.watch('match', (wish) => this.#receiveMatch(wish))
  }

  /**
   * Decides a wish. The caller must carry the proposal out without delay, or report with {@link settle} what became of
   * it. Until then, for {@link promiseMs} at most, a proposed game is offered to nobody else.
   */
  async propose(wanted: WishRow): Promise<Proposal> {
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
   * Call when a proposal was carried out or failed. A game in which somebody still waits is free again, and a promised
   * game that does not exist is dropped.
   */
  settle(game: string, account: string): void {
    this.#withdrawWish(`${game} ${account}`)
    this.#settle(game, account)
  }

  #settle(game: string, account: string | null): void {
    const wait = this.#waits.get(game)
    // Another account is about to join it.
    if (wait?.isShown === true && wait.claimant !== null && account !== null && wait.claimant !== account) return
    this.#timers.get(game)?.cancel()
    this.#timers.delete(game)
    if (wait === undefined) return
    if (!wait.isShown) return this.#remove(wait)
    this.#unclaim(wait)
    this.#add(wait)
  }

  /**
   * Call when the account plays a game with a clock. Returns its other open games with a clock that the lobby shows,
   * which the caller must withdraw. For games that appear later, {@link update} returns true.
   */
  leave(account: string): readonly string[] {
    const waits = [...(this.#ofOwner.get(account) ?? [])].filter(({ hasClock }) => hasClock)
    for (const wait of waits) wait.isUnwanted = true
    return waits.filter(({ isShown }) => isShown).map(({ game }) => game)
  }

  /** Takes a change of the lobby. Returns true if the game must be withdrawn. */
  update({ game, now }: RowChange): boolean {
    const wait = this.#waits.get(game)
    if (now?.status !== 'open') {
      if (wait !== undefined) this.#remove(wait)
    } else if (wait !== undefined) {
      wait.isShown = true
      return wait.isUnwanted
    } else this.#add({ ...makeWait(game, ownerOf(now), kindIn(now)), isShown: true })
    return false
  }

  /**
   * The other games of the same kind in which the account waits, after it has found an opponent in the game `found`.
   */
  others(account: string, wanted: Kind, found: string): readonly string[] {
    const kind = kindOf(wanted)
    const waits = [...(this.#ofOwner.get(account) ?? [])]
    return waits.filter((wait) => wait.isShown && wait.kind === kind && wait.game !== found).map(({ game }) => game)
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
  }

  /** The first node that has not recently failed to answer. */
  #findDecider({ node, nodes }: Peers): string {
    const now = this.#shared.clock.now()
    return nodes.find((each) => each === node || (this.#slow.get(each) ?? 0) <= now) ?? node
  }

  /** Asks another node for a proposal. Null: it does not answer. */
  #ask(peers: Peers, decider: string, wanted: WishRow): Promise<Proposal | null> {
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
        this.#withdrawWish(name)
        this.#unsettled.set(name, wish)
        end(proposal)
      })
      peers.put('wish', wish, { ...wanted, to: decider })
    })
  }

  /** Withdraws the row of a settled wish, so that the node that answered it forgets it. */
  #withdrawWish(name: string): void {
    const wish = this.#unsettled.get(name)
    if (wish === undefined) return
    this.#unsettled.delete(name)
    this.#shared.peers?.put('wish', wish, null)
  }

  /** Another node has published or withdrawn a wish. */
  #receiveWish(wish: string): void {
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

  #receiveMatch(wish: string): void {
    const [proposal] = this.#shared.peers?.find('match', wish) ?? []
    if (proposal !== undefined) this.#asking.get(wish)?.(proposal)
  }

  /** @param isDecider this node decides now, and no other does */
  #decide(wanted: WishRow, isDecider: boolean): Proposal {
    const { account, not, open = makeId(this.#shared.random) } = wanted
    const kind = kindOf(wanted)
    const fits = ({ game }: Wait): boolean => !not.includes(game)
    const own = [...(this.#ofOwner.get(account) ?? [])].find((wait) => wait.kind === kind && fits(wait))
    // An account that already waits gets its own game if another was told to join it, or if it asks for that game.
    if (own !== undefined && (!isDecider || !own.isShown || own.claimant !== null || own.game === open))
      return { games: [own.game], open }
    for (const wait of this.#free.get(kind)?.values() ?? []) {
      if (!fits(wait) || wait.owner === account) continue
      if (wait.hasClock && this.#seating.of(wait.owner) > 0) continue
      this.#claim(wait, account)
      // Both wait, each in a game of their own: reserve the other game too.
      if (own !== undefined) this.#claim(own, account)
      return { games: [wait.game], open }
    }
    if (own !== undefined) return { games: [own.game], open }
    this.#add(makeWait(open, account, wanted))
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

/** The account that waits in an open game; '' if there is none. */
export function ownerOf({ players }: Pick<Game, 'players'>): string {
  return players.X?.id ?? players.O?.id ?? ''
}

function makeWait(game: string, owner: string, wanted: Kind): Wait {
  const { clock } = wanted
  const kind = kindOf(wanted)
  return { game, kind, owner, hasClock: clock !== undefined, claimant: null, isShown: false, isUnwanted: false }
}

/** True if the game has the rules, the clock and the match that were wished for. */
export function isSameKind(game: OpenGame, wanted: Kind): boolean {
  return kindOf(kindIn(game)) === kindOf(wanted)
}

function kindIn({ rules, clock, match }: OpenGame): Kind {
  return { rules, clock: clock ?? undefined, match: match?.length }
}

/** The kind as a text that is equal for equal kinds. */
function kindOf({ rules, clock, match }: Kind): string {
  const time =
    clock === undefined ? '' : 'perMoveMs' in clock ? `${clock.perMoveMs}` : `${clock.initialMs}+${clock.incrementMs}`
  return `${makeRules(rules)} ${time} ${match ?? 1}`
}
