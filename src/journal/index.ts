export { type Chain, chainStart, type ChainLink, makeChain, nextChain, type NextChain, verifyEntries } from './chain.ts'
export { journalContract } from './contract.ts'
export type { Check, JournalStore } from './contract/check.ts'
export {
  type Appended,
  durabilities,
  type Durability,
  type Entry,
  type GameId,
  type Journal,
  JournalFault,
  type JournalId,
  type JournalFaultName,
  journalFaults,
  type OnEntries,
  type Listening,
  type Position,
  type Subscription,
  type Version,
} from './journal.ts'
export { bodyLengthMax, pageEntriesMax } from './limits.ts'
export { MemoryJournal } from './memory.ts'
export { pagesOf } from './pages.ts'
export { partitionOf } from './partition.ts'
export { PartitionedJournal } from './partitioned.ts'
export { joinPositions, splitPosition } from './position.ts'
export { LruCache } from './lru-cache.ts'
