import { test } from 'node:test'
import { journalContract, MemoryJournal } from './index.ts'

for (const check of journalContract.filter(({ durable }) => !durable)) {
  const open = async () => new MemoryJournal()
  test(`memory: ${check.title}`, () => check.run({ open, openOther: open }))
}
