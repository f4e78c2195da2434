/** The other nodes, as far as they are heard: each says that it is there, and is gone when it has not for a while. */
import type { Clock, Timer } from '../base/index.ts'
import type { Exchange, Hearing } from './exchange.ts'

export interface PeersHost {
  /** A node is heard for the first time, or may have missed what was told: tell it again. */
  met(node: string): void
  /** Nothing holds any more that the node has told. */
  lost(node: string): void
}

/** How often a node says that it is there, in ms, and how many of these it may miss. */
const beatMs = 1_000
const beatsMissedMax = 4

const topic = 'nodes'

interface Peer {
  epoch: number
  heardAt: number
}

/** What a node says of itself. */
interface Beat {
  readonly epoch: number
  readonly leaves?: true
}

export class Peers {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #host: PeersHost
  readonly #peers = new Map<string, Peer>()
  readonly #hearing: Hearing
  #timer: Timer

  constructor(exchange: Exchange, clock: Clock, host: PeersHost) {
    this.#exchange = exchange
    this.#clock = clock
    this.#host = host
    this.#hearing = exchange.hear(topic, (news, node) => this.#hear(node, JSON.parse(news) as Beat))
    this.#timer = this.#beat()
  }

  /** This node and the others, in an order on which all agree. */
  get nodes(): readonly string[] {
    return [this.#exchange.node, ...this.#peers.keys()].toSorted()
  }

  close(): void {
    this.#timer.cancel()
    this.#hearing.close()
    this.#say({ epoch: this.#exchange.epoch, leaves: true })
  }

  #say(beat: Beat): void {
    this.#exchange.tell(topic, JSON.stringify(beat))
  }

  #beat(): Timer {
    this.#say({ epoch: this.#exchange.epoch })
    const late = this.#clock.now() - beatMs * beatsMissedMax
    for (const [node, { heardAt }] of this.#peers) if (heardAt < late) this.#lose(node)
    return this.#clock.after(beatMs, () => (this.#timer = this.#beat()))
  }

  #hear(node: string, { epoch, leaves }: Beat): void {
    if (leaves === true) return this.#lose(node)
    const known = this.#peers.get(node)
    this.#peers.set(node, { epoch, heardAt: this.#clock.now() })
    if (known?.epoch === epoch) return
    // It hears of this node at once, and not with the next beat.
    if (known === undefined) this.#say({ epoch: this.#exchange.epoch })
    this.#host.met(node)
  }

  #lose(node: string): void {
    if (this.#peers.delete(node)) this.#host.lost(node)
  }
}
