/** The journal of a cluster: the streams of NATS JetStream that its partitions are, over one connection. */
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type Appended,
  type Durability,
  type Entry,
  type GameId,
  type Hear,
  type Journal,
  JournalFault,
  type JournalId,
  type Listening,
  type Position,
  type Subscription,
  type Version,
} from '../journal.ts'
import { PartitionedJournal } from '../partitioned.ts'
import type { JetStreamJournal } from './jetstream-journal.ts'
import type { Names } from './names.ts'
import { findDenied } from './permissions.ts'

export interface ClusterJournalParts {
  /** Becomes the journal's: closed with it. */
  readonly connection: NatsConnection
  /** Where the subjects begin. */
  readonly prefix: string
  /** In their order, all on that connection; become the journal's. */
  readonly partitions: readonly JetStreamJournal[]
}

export class ClusterJournal implements Journal {
  readonly id: JournalId
  readonly durability: Durability
  /** For what is told from node to node beside the journal. */
  readonly connection: NatsConnection
  readonly prefix: string
  /** Of each partition. */
  readonly names: readonly Names[]
  readonly partitions: readonly JetStreamJournal[]
  /**
   * Resolves when the connection is closed for good, by somebody else: credentials that are not good any more. And when a
   * stream is not any more what this node knows of it, or the servers do not let the node do what it has to.
   */
  readonly failed: Promise<JournalFault>
  readonly #journal: Journal
  readonly #failed = Promise.withResolvers<JournalFault>()
  #closing: Promise<void> | null = null

  constructor({ connection, prefix, partitions }: ClusterJournalParts) {
    const [first] = partitions
    // One by itself is the whole, and costs no more than it does.
    this.#journal = partitions.length === 1 && first !== undefined ? first : new PartitionedJournal(partitions)
    this.id = this.#journal.id
    this.durability = this.#journal.durability
    this.connection = connection
    this.prefix = prefix
    this.partitions = partitions
    this.names = partitions.map(({ names }) => names)
    this.failed = this.#failed.promise
    for (const { failed } of partitions) void failed.then((fault) => this.#failed.resolve(fault))
    void this.#watch()
  }

  append(game: GameId, after: Version, body: string): Promise<Appended> {
    return this.#journal.append(game, after, body)
  }

  read(game: GameId, after?: Version, limit?: number): Promise<readonly Entry[]> {
    return this.#journal.read(game, after, limit)
  }

  readBack(game: GameId, before?: Version, limit?: number): Promise<readonly Entry[]> {
    return this.#journal.readBack(game, before, limit)
  }

  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription {
    return this.#journal.follow(after, hear)
  }

  listen(game: GameId, hear: Hear): Listening {
    return this.#journal.listen(game, hear)
  }

  async isAwake(game: GameId): Promise<boolean> {
    return (await this.#journal.isAwake?.(game)) ?? true
  }

  awayMs(game: GameId, from: number, to: number): number {
    return this.#journal.awayMs?.(game, from, to) ?? 0
  }

  close(): Promise<void> {
    this.#closing ??= this.#journal.close().then(() => this.connection.close())
    return this.#closing
  }

  async #watch(): Promise<void> {
    // The server is about to go: its clients may leave before it does.
    for await (const status of this.connection.status()) {
      if (status.type === 'ldm') await this.connection.reconnect()
      const denied = findDenied(status)
      if (denied !== null) this.#failed.resolve(denied)
    }
    if (this.#closing === null)
      this.#failed.resolve(new JournalFault('unavailable', 'the NATS servers closed the connection for good'))
  }
}
