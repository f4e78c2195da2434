/**
 * One node's access to the cluster's projection store, over the same network as the broker and with the same faults.
 */
import { type Journal, JournalFault } from '../src/journal/index.ts'
import type { ProjectionStore, ProjectionPartition } from '../src/service/index.ts'
import type { MemoryProjectionStore } from '../src/service/catalog/memory-projection-store.ts'
import type { Broker } from './broker.ts'
import type { BrokerClient } from './broker-journal.ts'
import type { World } from './world.ts'

interface Surroundings {
  readonly world: World
  readonly broker: Broker
  readonly owner: BrokerClient
}

export function openProjectionStore(
  store: MemoryProjectionStore,
  journal: Journal,
  { world, broker, owner }: Surroundings,
): ProjectionStore {
  const inner = store.open([{ journal, length: () => broker.log.length }])
  return { partitions: inner.partitions.map((partition) => far(partition, world, owner)), close: () => inner.close() }
}

function far(partition: ProjectionPartition, world: World, owner: BrokerClient): ProjectionPartition {
  const random = world.random(`books of ${owner.id}`)
  const unreached = (): JournalFault => new JournalFault('unavailable', 'the rows are not reached')
  const later = (call: () => void): void =>
    void world.schedule.after(1 + random.below(4), () => owner.isAlive && call())
  /** Calls `act` at the store and returns its answer; with `isLost` the answer is lost. */
  const reach = <Value>(act: () => Promise<Value>, isLost = false): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (owner.isIsolated) return later(() => reject(unreached()))
      later(() => {
        const done = act()
        later(() => void (isLost ? reject(unreached()) : done.then(resolve, reject)))
      })
    })
  return {
    journal: partition.journal,
    state: () => reach(() => partition.state()),
    forget: (before) => reach(() => partition.forget(before)),
    latest: (...query) => reach(() => partition.latest(...query)),
    clocked: (...query) => reach(() => partition.clocked(...query)),
    write: (...rows) => {
      if (world.strikes('lostAppend')) return Promise.reject(unreached())
      return reach(() => partition.write(...rows), world.strikes('unansweredAppend'))
    },
  }
}
