import { addJournalTests } from './testing/journal-tests.ts'

addJournalTests('one server', { servers: 1 })
addJournalTests('three servers', { servers: 3 })
