/** The books of a cluster as one node reaches them: over the same network as the broker, with the same faults. */
import { type Journal, JournalFault } from '../src/journal/index.ts'
import type { Books, Shelf } from '../src/service/index.ts'
import type { MemoryBooks } from '../src/service/memory-books.ts'
import type { Broker } from './broker.ts'
import type { Owner } from './broker-journal.ts'
import type { World } from './world.ts'

interface Surroundings {
  readonly world: World
  readonly broker: Broker
  readonly owner: Owner
}

export function openBooks(books: MemoryBooks, journal: Journal, { world, broker, owner }: Surroundings): Books {
  const inner = books.open([{ journal, length: () => broker.log.length }])
  return { shelves: inner.shelves.map((shelf) => far(shelf, world, owner)), close: () => inner.close() }
}

function far(shelf: Shelf, world: World, owner: Owner): Shelf {
  const random = world.random(`books of ${owner.id}`)
  const unreached = (): JournalFault => new JournalFault('unavailable', 'the books are not reached')
  const later = (call: () => void): void =>
    void world.schedule.after(1 + random.below(4), () => owner.isAlive && call())
  /** Something happens there, and is answered; `isLost`: the answer never comes. */
  const reach = <Value>(act: () => Promise<Value>, isLost = false): Promise<Value> =>
    new Promise((resolve, reject) => {
      if (owner.isIsolated) return later(() => reject(unreached()))
      later(() => {
        const done = act()
        later(() => void (isLost ? reject(unreached()) : done.then(resolve, reject)))
      })
    })
  return {
    journal: shelf.journal,
    look: () => reach(() => shelf.look()),
    forget: (before) => reach(() => shelf.forget(before)),
    latest: (...query) => reach(() => shelf.latest(...query)),
    clocked: (...query) => reach(() => shelf.clocked(...query)),
    write: (...rows) => {
      if (world.strikes('lostAppend')) return Promise.reject(unreached())
      return reach(() => shelf.write(...rows), world.strikes('unansweredAppend'))
    },
  }
}
