/**
 * How the nodes of a cluster exchange what is not in the journal. Delivery is best effort: a text may be lost, doubled,
 * late or out of order, and any client that may publish there can send anything. {@link Peers} builds reliable state on
 * top.
 */
export interface NodeBus {
  /** The name of this node: letters, digits, _ and -. Unique among nodes, and new after each restart. */
  readonly node: string
  /** Sends a text to every other node, or to one. Never throws. While there is no connection the text is discarded. */
  tell(text: string, to?: string): void
  /** Receives the texts that other nodes send to all or to this node. `hear` does not throw. */
  hear(hear: (text: string) => void): BusSubscription
}

export interface BusSubscription {
  /** Idempotent. After it returns nothing more is received. */
  close(): void
}

type Receive = (text: string) => void

/** Transports a text from one node to another: calls `arrive` once, never or several times, soon or late. */
export type Carry = (arrive: () => void, from: string, to: string) => void

const soon: Carry = (arrive) => void Promise.resolve().then(arrive)

/**
 * The bus of nodes in one process, for tests and simulation. By default each text arrives in a microtask of its own.
 */
export class MemoryNodeBus {
  readonly #nodes = new Map<string, Set<Receive>>()
  /** Nodes that neither send nor receive. */
  readonly #cut = new Set<string>()
  readonly #carry: Carry

  constructor(carry: Carry = soon) {
    this.#carry = carry
  }

  join(node: string): NodeBus {
    const receivers = new Set<Receive>()
    this.#nodes.set(node, receivers)
    return {
      node,
      tell: (text, to) => {
        if (this.#cut.has(node)) return
        for (const other of to === undefined ? this.#nodes.keys() : [to])
          if (other !== node) this.#deliver(text, node, other)
      },
      hear: (hear) => {
        // A function of its own: the same `hear` may subscribe twice.
        const own: Receive = (text) => hear(text)
        receivers.add(own)
        return { close: () => void receivers.delete(own) }
      },
    }
  }

  /** Sends a text that is from no node, to all or to one. */
  intrude(text: string, to?: string): void {
    for (const node of to === undefined ? this.#nodes.keys() : [to]) this.#deliver(text, '', node)
  }

  /** The node sends and receives nothing from now on. */
  cut(node: string): void {
    this.#cut.add(node)
  }

  reconnect(node: string): void {
    this.#cut.delete(node)
  }

  #deliver(text: string, from: string, to: string): void {
    const arrive = (): void => {
      if (this.#cut.has(to)) return
      for (const receive of [...(this.#nodes.get(to) ?? [])]) if (this.#nodes.get(to)?.has(receive)) receive(text)
    }
    this.#carry(arrive, from, to)
  }
}
