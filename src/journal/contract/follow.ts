/** Checks of following: a follower receives every entry of every game once, in one order, and none before it is durable. */
import { claimEqual } from '../../base/index.ts'
import type { Check } from './check.ts'
import type { Entry, Journal } from '../journal.ts'
import { isAt } from '../position.ts'
import { claim, claimFault, claimSame, Follower, playGame, claimInTime } from './claim.ts'

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

/** Claims that the follower has received entries 1 to `to` of the three games and nothing else. */
function claimFilled(follower: Follower, to: number): void {
  claimEqual(follower.entries.length, games.length * to, 'entries received')
  for (const game of games) {
    const versions = follower.entries.filter((entry) => entry.game === game).map((entry) => entry.version)
    claimEqual(
      versions,
      Array.from({ length: to }, (_, index) => index + 1),
      `versions of ${game} as received`,
    )
  }
}

const withoutPosition = ({ game, version, body, chain }: Entry) => ({ game, version, body, chain })

export const followChecks: readonly Check[] = [
  {
    title: '[J5] a follower receives the stored entries in journal order, then the new ones, each once',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 200)
      const follower = new Follower(journal)
      await claimInTime(follower.subscription.caughtUp, 'caughtUp')
      claimFilled(follower, 200)
      await fill(journal, 200, 205)
      await follower.received(615)
      claimFilled(follower, 205)
      await journal.close()
    },
  },
  {
    title: '[J5] a follower receives the same entries as read returns',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 2)
      const follower = new Follower(journal)
      await fill(journal, 2, 4)
      const received = await follower.received(12)
      for (const game of games) {
        const own = received.filter((entry) => entry.game === game)
        const read = await journal.read(game)
        claim(
          own.every(({ position }, index) => isAt(position, read[index]?.position ?? '')),
          `${game}: read and follow returned different positions for an entry`,
        )
        claimEqual(own.map(withoutPosition), read.map(withoutPosition), `entries of ${game}`)
      }
      claimEqual(new Set(received.map((entry) => entry.position)).size, 12, 'different positions')
      await journal.close()
    },
  },
  {
    title: '[J5] a follower can start after any position that another one has received',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 3)
      const first = new Follower(journal)
      const followers = [...(await first.received(9))].map((entry) => new Follower(journal, entry.position))
      await fill(journal, 3, 4)
      const all = await first.received(12)
      for (const [index, follower] of followers.entries()) {
        await claimInTime(follower.subscription.caughtUp, 'caughtUp')
        claimSame(store, await follower.received(11 - index), all.slice(index + 1), `received after entry ${index + 1}`)
      }
      const further = followers.map(({ entries }) => new Follower(journal, entries.at(-1)?.position))
      await fill(journal, 4, 5)
      const last = (await first.received(15)).slice(12)
      for (const follower of further)
        claimSame(store, await follower.received(3), last, 'received after the end of another follower')
      await journal.close()
    },
  },
  {
    title: '[J5] a follower of an empty journal has caught up at once and waits',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const follower = new Follower(journal)
      await claimInTime(follower.subscription.caughtUp, 'caughtUp')
      claimEqual(follower.entries, [], 'received')
      await fill(journal, 0, 1)
      await follower.received(3)
      claimFilled(follower, 1)
      await journal.close()
    },
  },
  {
    title: '[J5] a position that the journal never gave out is refused',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'a', ['one'])
      await claimFault('corrupt', () => journal.follow('2', () => {}))
      await claimFault('corrupt', () => journal.follow('somewhere', () => {}))
      await claimFault('corrupt', () => journal.follow('1.1.1.1.1.1.1', () => {}))
      await journal.close()
    },
  },
  {
    title: '[J5] entries appended while a follower catches up are neither missed nor received twice',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 300)
      const follower = new Follower(journal)
      const late = follower.received(901).then(() => new Follower(journal))
      for (let version = 300; version < 400; version += 10) await fill(journal, version, version + 10)
      const [other] = await Promise.all([late, follower.received(1200)])
      claimFilled(follower, 400)
      claimSame(store, await other.received(1200), follower.entries, 'received by a later follower')
      await journal.close()
    },
  },
  {
    title: '[J5] a follower receives an entry only after it can be read, and only if it was stored',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const reads: Promise<boolean>[] = []
      const follower = new Follower(journal, '', (batch) => {
        for (const { game, version, body } of batch) {
          reads.push(journal.read(game, version - 1).then((entries) => entries[0]?.body === body))
        }
      })
      for (let version = 0; version < 20; version++) {
        await Promise.all(['one', 'two', 'three'].map((body) => journal.append('a', version, body)))
      }
      await follower.received(20)
      claim((await Promise.all(reads)).every(Boolean), 'a received entry could not be read')
      claimEqual(
        follower.versions,
        Array.from({ length: 20 }, (_, index) => `a ${index + 1}`),
        'received',
      )
      await journal.close()
    },
  },
  {
    title: '[J5] a follower that appends within its handler is not called again within that call',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const follower = new Follower(journal, '', (batch) => {
        for (const { game, version } of batch) {
          if (version < 10) void journal.append(game, version, `${game} ${version + 1}`)
        }
      })
      await playGame(journal, 'a', ['a 1'])
      await follower.received(10)
      await journal.close()
    },
  },
  {
    title: '[J5] a closed subscription receives nothing more; closing twice is harmless',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const [never, once, witness] = [new Follower(journal), new Follower(journal), new Follower(journal)]
      const closer = new Follower(journal, '', () => closer.subscription.close())
      never.subscription.close()
      never.subscription.close()
      await playGame(journal, 'a', ['one'])
      await once.received(1)
      await closer.received(1)
      once.subscription.close()
      await playGame(journal, 'a', ['two'], 1)
      await witness.received(2)
      await claimInTime(new Follower(journal).subscription.caughtUp, 'caughtUp')
      const received = [never, once, closer, witness].map((follower) => follower.entries.length)
      claimEqual(received, [0, 1, 1, 2], 'entries received by each')
      await journal.close()
    },
  },
  {
    title: '[J8] a subscription ends with its journal, and a pending caughtUp settles',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await fill(journal, 0, 300)
      const follower = new Follower(journal)
      const settled = claimInTime(Promise.allSettled([follower.subscription.caughtUp]), 'caughtUp')
      await journal.close()
      const [end] = await settled
      if (end.status === 'fulfilled') claimFilled(follower, 300)
      else await claimFault('unavailable', () => follower.subscription.caughtUp)
      follower.subscription.close()
    },
  },
]
