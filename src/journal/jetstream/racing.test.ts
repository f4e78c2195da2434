/** The journal on servers of a release that lets two appends win the same version: Oxo decides which one is stored. */
import { addJournalTests } from './testing/journal-tests.ts'

addJournalTests('three servers that race', { servers: 3, kind: 'racing' })
