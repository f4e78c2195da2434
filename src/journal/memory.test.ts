import { test } from 'node:test'
import { journalContract, MemoryJournal } from './index.ts'

for (const check of journalContract.filter(({ durable }) => !durable)) {
  test(`memory: ${check.title}`, () => check.run({ open: async () => new MemoryJournal() }))
}
