/** Checks of the id of a journal. */
import { claimEqual } from '../../base/index.ts'
import type { Check } from './check.ts'
import { claim, playGame } from './claim.ts'

export const idChecks: readonly Check[] = [
  {
    title: '[J15] a journal has an id, and another journal has another id',
    durable: false,
    async run(store) {
      const [journal, other] = [await store.open(), await store.openOther()]
      claim(/^[A-Za-z0-9_-]{1,32}$/.test(journal.id), `an id of 1 to 32 characters of A-Z a-z 0-9 _ -: ${journal.id}`)
      claim(journal.id !== other.id, `two journals have the id ${journal.id}`)
      await other.close()
      const { id } = journal
      await playGame(journal, 'a', ['one', 'two'])
      claimEqual(journal.id, id, 'the id after appends')
      await journal.close()
    },
  },
  {
    title: '[J15] a journal keeps its id when it is opened again, also after a crash',
    durable: true,
    async run(store) {
      const first = await store.open()
      const { id } = first
      await playGame(first, 'a', ['one'])
      await first.close()
      const second = await store.open()
      claimEqual(second.id, id, 'the id when it is opened again')
      await playGame(second, 'a', ['two'], 1)
      claim(store.crash !== undefined, 'a durable engine needs a store that can crash')
      await store.crash()
      await second.close()
      const third = await store.open()
      claimEqual(third.id, id, 'the id after a crash')
      await third.close()
    },
  },
]
