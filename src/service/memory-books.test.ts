import { test } from 'node:test'
import { MemoryJournal } from '../journal/index.ts'
import { MemoryBooks } from './memory-books.ts'
import { shelfContract } from './testing/shelf-contract.ts'

for (const check of shelfContract)
  test(`memory: ${check.title}`, async () => {
    const books = new MemoryBooks()
    const journal = new MemoryJournal()
    const open = () => books.open([{ journal, length: () => journal.length }]).shelves[0]
    const [one, two] = [open(), open()]
    if (one !== undefined && two !== undefined) await check.run(one, two)
  })
