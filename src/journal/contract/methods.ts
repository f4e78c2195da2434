import type { Journal } from '../journal.ts'

/** The journal as an object of functions, for tests that replace some of them. */
export function methodsOf(journal: Journal): Journal {
  return {
    id: journal.id,
    durability: journal.durability,
    append: (...entry) => journal.append(...entry),
    read: (...where) => journal.read(...where),
    readBack: (...where) => journal.readBack(...where),
    follow: (...where) => journal.follow(...where),
    listen: (...where) => journal.listen(...where),
    close: () => journal.close(),
  }
}
