export { openSqliteJournal, type SqliteJournalOptions } from './open.ts'
export type { SqliteJournal } from './sqlite-journal.ts'
