/**
 * How the nodes of a cluster tell each other what is not in the journal. Best effort: what is told may be lost, come twice,
 * late or in another order, and any client that may publish there can say anything. {@link Peers} makes something of it.
 */
export interface NodeBus {
  /** This node, as letters, digits, _ and -: different from every other, and from itself before a restart. */
  readonly node: string
  /** Tells every other node, or one of them. Never throws; while there is no connection nothing is told, nor later. */
  tell(text: string, to?: string): void
  /** Hears what other nodes tell all, or this one. `hear` does not throw. */
  hear(hear: (text: string) => void): BusSubscription
}

export interface BusSubscription {
  /** Idempotent; after it returns nothing more is heard. */
  close(): void
}

type Hear = (text: string) => void

/** Brings a text from one node to another: calls `arrive` once, not at all, several times, soon or late. */
export type Carry = (arrive: () => void, from: string, to: string) => void

const soon: Carry = (arrive) => void Promise.resolve().then(arrive)

/** Exchanges of nodes in one process: tests and simulation. By default a text is heard in a microtask of its own. */
export class MemoryNodeBus {
  readonly #nodes = new Map<string, Set<Hear>>()
  /** Nodes that nobody hears and that hear nobody. */
  readonly #cut = new Set<string>()
  readonly #carry: Carry

  constructor(carry: Carry = soon) {
    this.#carry = carry
  }

  join(node: string): NodeBus {
    const hearers = new Set<Hear>()
    this.#nodes.set(node, hearers)
    return {
      node,
      tell: (text, to) => {
        if (this.#cut.has(node)) return
        for (const other of to === undefined ? this.#nodes.keys() : [to])
          if (other !== node) this.#bring(text, node, other)
      },
      hear: (hear) => {
        // Its own: one hearer may be there twice.
        const own: Hear = (text) => hear(text)
        hearers.add(own)
        return { close: () => void hearers.delete(own) }
      },
    }
  }

  /** Somebody who is no node says something to all, or to one. */
  intrude(text: string, to?: string): void {
    for (const node of to === undefined ? this.#nodes.keys() : [to]) this.#bring(text, '', node)
  }

  /** The node falls silent, and hears nothing. */
  cut(node: string): void {
    this.#cut.add(node)
  }

  reconnect(node: string): void {
    this.#cut.delete(node)
  }

  #bring(text: string, from: string, to: string): void {
    const arrive = (): void => {
      if (this.#cut.has(to)) return
      for (const hear of [...(this.#nodes.get(to) ?? [])]) if (this.#nodes.get(to)?.has(hear)) hear(text)
    }
    this.#carry(arrive, from, to)
  }
}
