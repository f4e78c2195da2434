export { Cluster, type StreamReport } from './cluster.ts'
export type { JetStreamJournal } from './jetstream-journal.ts'
export { type JetStreamJournalOptions, openJetStreamJournal } from './open.ts'
