export { Cluster } from './cluster.ts'
export type { ClusterJournal } from './cluster-journal.ts'
export type { StreamReport } from './leaders.ts'
export { type JetStreamJournalOptions, openJetStreamJournal } from './open.ts'
