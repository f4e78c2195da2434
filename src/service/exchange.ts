/**
 * What the nodes of a cluster tell each other beside the journal: who is here, and who waits. Best effort: whatever is
 * told may be lost, and no move depends on it.
 */
export interface Exchange {
  /** This node; different from every other. */
  readonly node: string
  /** Rises each time that something may have been missed. */
  readonly epoch: number
  /** Tells every other node that hears the topic: dots between words of A–Z a–z 0–9 _ -. */
  tell(topic: string, news: string): void
  /** Hears what other nodes tell about a topic, in the order in which each of them told it. */
  hear(topic: string, hear: (news: string, node: string) => void): Hearing
}

export interface Hearing {
  /** Idempotent; after it returns nothing more is heard. */
  close(): void
}

/** Exchanges of nodes in one process: tests. What is told is heard in a microtask of its own. */
export class MemoryExchange {
  readonly #nodes = new Map<string, Map<string, Set<(news: string, node: string) => void>>>()
  /** Nodes that nobody hears and that hear nobody. */
  readonly #cut = new Set<string>()

  join(node: string): Exchange {
    const topics = new Map<string, Set<(news: string, node: string) => void>>()
    this.#nodes.set(node, topics)
    return {
      node,
      epoch: 0,
      tell: (topic, news) => {
        for (const [other, heard] of this.#nodes)
          for (const hear of other === node ? [] : (heard.get(topic) ?? []))
            void Promise.resolve().then(() => {
              if (!this.#cut.has(node) && !this.#cut.has(other) && heard.get(topic)?.has(hear)) hear(news, node)
            })
      },
      hear: (topic, hear) => {
        const hearers = topics.get(topic) ?? new Set()
        topics.set(topic, hearers.add(hear))
        return { close: () => void hearers.delete(hear) }
      },
    }
  }

  /** The node falls silent, and hears nothing. */
  cut(node: string): void {
    this.#cut.add(node)
  }

  mend(node: string): void {
    this.#cut.delete(node)
  }
}
