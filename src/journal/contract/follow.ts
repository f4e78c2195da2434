/** Following: every entry of every game once, in one order, none early. */
import type { Check } from '../contract.ts'
import type { Entry, Journal } from '../journal.ts'
import { isAt } from '../position.ts'
import { claim, claimEqual, claimFault, claimSame, Ear, play, within } from './claim.ts'

const games = ['a', 'b', 'c']

/** Appends entries `from + 1` to `to` of three games at once. */
async function fill(journal: Journal, from: number, to: number): Promise<void> {
  const each = async (game: string): Promise<void> => {
    const sent = []
    for (let version = from; version < to; version++) sent.push(journal.append(game, version, `${game} ${version + 1}`))
    claim(
      (await Promise.all(sent)).every((answer) => answer === 'stored'),
      `${game}: not every append was stored`,
    )
  }
  await Promise.all(games.map(each))
}

/** Claims that `ear` heard entries 1 to `to` of the three games and nothing else. */
function claimFilled(ear: Ear, to: number): void {
  claimEqual(ear.entries.length, games.length * to, 'entries heard')
  for (const game of games) {
    const versions = ear.entries.filter((entry) => entry.game === game).map((entry) => entry.version)
    claimEqual(
      versions,
      Array.from({ length: to }, (_, index) => index + 1),
      `versions of ${game} as heard`,
    )
  }
}

const withoutPosition = ({ game, version, body, chain }: Entry) => ({ game, version, body, chain })

export const followChecks: readonly Check[] = [
  {
    title: '[J5] a follower hears the stored entries in journal order, then the new ones, each once',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 200)
      const ear = new Ear(journal)
      await within(ear.subscription.caughtUp, 'caughtUp')
      claimFilled(ear, 200)
      await fill(journal, 200, 205)
      await ear.heard(615)
      claimFilled(ear, 205)
      await journal.close()
    },
  },
  {
    title: '[J5] what a follower hears is what read gives',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 2)
      const ear = new Ear(journal)
      await fill(journal, 2, 4)
      const heard = await ear.heard(12)
      for (const game of games) {
        const own = heard.filter((entry) => entry.game === game)
        const read = await journal.read(game)
        claim(
          own.every(({ position }, index) => isAt(position, read[index]?.position ?? '')),
          `${game}: an entry was read at another place than it was heard`,
        )
        claimEqual(own.map(withoutPosition), read.map(withoutPosition), `entries of ${game}`)
      }
      claimEqual(new Set(heard.map((entry) => entry.position)).size, 12, 'different positions')
      await journal.close()
    },
  },
  {
    title: '[J5] a follower goes on behind any position it was given',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 3)
      const first = new Ear(journal)
      const ears = [...(await first.heard(9))].map((entry) => new Ear(journal, entry.position))
      await fill(journal, 3, 4)
      const all = await first.heard(12)
      for (const [index, ear] of ears.entries()) {
        await within(ear.subscription.caughtUp, 'caughtUp')
        claimSame(store, await ear.heard(11 - index), all.slice(index + 1), `heard behind entry ${index + 1}`)
      }
      const further = ears.map(({ entries }) => new Ear(journal, entries.at(-1)?.position))
      await fill(journal, 4, 5)
      const last = (await first.heard(15)).slice(12)
      for (const ear of further) claimSame(store, await ear.heard(3), last, 'heard behind the end of another follower')
      await journal.close()
    },
  },
  {
    title: '[J5] a follower of an empty journal is caught up and waits',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const ear = new Ear(journal)
      await within(ear.subscription.caughtUp, 'caughtUp')
      claimEqual(ear.entries, [], 'heard')
      await fill(journal, 0, 1)
      await ear.heard(3)
      claimFilled(ear, 1)
      await journal.close()
    },
  },
  {
    title: '[J5] a position that the journal never gave out is refused',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await play(journal, 'a', ['one'])
      await claimFault('corrupt', () => journal.follow('2', () => {}))
      await claimFault('corrupt', () => journal.follow('somewhere', () => {}))
      await claimFault('corrupt', () => journal.follow('1.1.1.1.1.1.1', () => {}))
      await journal.close()
    },
  },
  {
    title: '[J5] appends while a follower catches up are neither missed nor heard twice',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 300)
      const ear = new Ear(journal)
      const late = ear.heard(901).then(() => new Ear(journal))
      for (let version = 300; version < 400; version += 10) await fill(journal, version, version + 10)
      const [other] = await Promise.all([late, ear.heard(1200)])
      claimFilled(ear, 400)
      claimSame(store, await other.heard(1200), ear.entries, 'heard by one who came later')
      await journal.close()
    },
  },
  {
    title: '[J5] an entry is heard only once it can be read, and only if it was stored',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const reads: Promise<boolean>[] = []
      const ear = new Ear(journal, '', (batch) => {
        for (const { game, version, body } of batch) {
          reads.push(journal.read(game, version - 1).then((entries) => entries[0]?.body === body))
        }
      })
      for (let version = 0; version < 20; version++) {
        await Promise.all(['one', 'two', 'three'].map((body) => journal.append('a', version, body)))
      }
      await ear.heard(20)
      claim((await Promise.all(reads)).every(Boolean), 'a heard entry could not be read')
      claimEqual(
        ear.versions,
        Array.from({ length: 20 }, (_, index) => `a ${index + 1}`),
        'heard',
      )
      await journal.close()
    },
  },
  {
    title: '[J5] a follower that appends while it hears is not called again inside that call',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const ear = new Ear(journal, '', (batch) => {
        for (const { game, version } of batch) {
          if (version < 10) void journal.append(game, version, `${game} ${version + 1}`)
        }
      })
      await play(journal, 'a', ['a 1'])
      await ear.heard(10)
      await journal.close()
    },
  },
  {
    title: '[J5] a closed subscription hears nothing more; closing twice is harmless',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const [never, once, witness] = [new Ear(journal), new Ear(journal), new Ear(journal)]
      const closer = new Ear(journal, '', () => closer.subscription.close())
      never.subscription.close()
      never.subscription.close()
      await play(journal, 'a', ['one'])
      await once.heard(1)
      await closer.heard(1)
      once.subscription.close()
      await play(journal, 'a', ['two'], 1)
      await witness.heard(2)
      await within(new Ear(journal).subscription.caughtUp, 'caughtUp')
      const heard = [never, once, closer, witness].map((ear) => ear.entries.length)
      claimEqual(heard, [0, 1, 1, 2], 'entries heard by each')
      await journal.close()
    },
  },
  {
    title: '[J8] a subscription ends with its journal; whoever waits to be caught up is not left waiting',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 300)
      const ear = new Ear(journal)
      const settled = within(Promise.allSettled([ear.subscription.caughtUp]), 'caughtUp')
      await journal.close()
      const [end] = await settled
      if (end.status === 'fulfilled') claimFilled(ear, 300)
      else await claimFault('unavailable', () => ear.subscription.caughtUp)
      ear.subscription.close()
    },
  },
]
