export { openSqliteJournal, type SqliteJournalOptions } from './open.ts'
export { describeDamage, type InspectionStep } from './inspect.ts'
export { realPath } from './place.ts'
export type { SqliteJournal } from './sqlite-journal.ts'
