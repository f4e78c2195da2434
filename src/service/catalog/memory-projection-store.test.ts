import { test } from 'node:test'
import { MemoryJournal } from '../../journal/index.ts'
import { MemoryProjectionStore } from './memory-projection-store.ts'
import { projectionContract } from '../testing/projection-contract.ts'

for (const check of projectionContract)
  test(`memory: ${check.title}`, async () => {
    const store = new MemoryProjectionStore()
    const journal = new MemoryJournal()
    const open = () => store.open([{ journal, length: () => journal.length }]).partitions[0]
    const [one, two] = [open(), open()]
    if (one !== undefined && two !== undefined) await check.run(one, two)
  })
