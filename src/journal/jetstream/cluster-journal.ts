/** The journal of a cluster. Each partition is a stream of NATS JetStream; all use one connection. */
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type Appended,
  type Durability,
  type Entry,
  type GameId,
  type OnEntries,
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
  /** The journal owns the connection and closes it. */
  readonly connection: NatsConnection
  /** The first part of all subjects. */
  readonly prefix: string
  /** In their order, all on that connection. The journal owns and closes them. */
  readonly partitions: readonly JetStreamJournal[]
}

export class ClusterJournal implements Journal {
  readonly id: JournalId
  readonly durability: Durability
  /** Nodes also use this connection for messages outside the journal. */
  readonly connection: NatsConnection
  readonly prefix: string
  /** The names of each partition. */
  readonly names: readonly Names[]
  readonly partitions: readonly JetStreamJournal[]
  /**
   * Resolves when the servers close the connection permanently, for example because the credentials are no longer valid; when
   * a stream was replaced or has lost entries; or when the node lacks a permission that it needs.
   */
  readonly failed: Promise<JournalFault>
  readonly #journal: Journal
  readonly #failed = Promise.withResolvers<JournalFault>()
  #closing: Promise<void> | null = null

  constructor({ connection, prefix, partitions }: ClusterJournalParts) {
    const [first] = partitions
    // A single partition is used directly, without the cost of merging.
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

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    return this.#journal.follow(after, handler)
  }

  listen(game: GameId, handler: OnEntries): Listening {
    return this.#journal.listen(game, handler)
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
    // In lame duck mode the server is about to stop: reconnect to another one before it does.
    for await (const status of this.connection.status()) {
      if (status.type === 'ldm') await this.connection.reconnect()
      const denied = findDenied(status)
      if (denied !== null) this.#failed.resolve(denied)
    }
    if (this.#closing === null)
      this.#failed.resolve(new JournalFault('unavailable', 'the NATS servers closed the connection permanently'))
  }
}
