/** Checks that acknowledged entries survive closing and crashes. */
import { claimEqual } from '../../base/index.ts'
import type { Check, JournalStore } from './check.ts'
import type { Journal } from '../journal.ts'
import { claim, claimFault, claimGame, claimSame, Follower, playGame, readWhole, claimInTime } from './claim.ts'

async function crash(store: JournalStore): Promise<void> {
  claim(store.crash !== undefined, 'a durable engine needs a store that can crash')
  await store.crash()
}

export const durableChecks: readonly Check[] = [
  {
    title: '[J4] a closed journal opens again with all its entries and accepts appends',
    durable: true,
    async run(store) {
      const first = await store.open()
      for (let game = 0; game < 50; game++) await playGame(first, `g-${game}`, ['one', 'two', 'three'])
      const before = [...(await new Follower(first).received(150))]
      await first.close()

      const second = await store.open()
      const follower = new Follower(second)
      await claimInTime(follower.subscription.caughtUp, 'caughtUp')
      claimSame(store, follower.entries, before, 'entries after reopening')
      claimEqual(await second.append('g-7', 2, 'late'), 'conflict', 'append to an old version')
      await playGame(second, 'g-7', ['four'], 3)
      await playGame(second, 'new', ['one'])
      await claimGame(second, 'g-7', ['one', 'two', 'three', 'four'])
      const resumed = new Follower(second, before.at(-1)?.position)
      await resumed.received(2)
      const versions = store.isPartitioned === true ? resumed.versions.toSorted() : resumed.versions
      claimEqual(versions, ['g-7 4', 'new 1'], 'received after the position in the first journal')
      await second.close()
    },
  },
  {
    title: '[J4] a position after the end, from before the journal lost its tail, is refused',
    durable: true,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'a', ['one'])
      await crash(store)
      await playGame(journal, 'a', ['two'], 1)
      const last = (await new Follower(journal).received(2))[1]?.position ?? ''
      await journal.close()
      const restored = await store.open()
      await claimFault('corrupt', () => restored.follow(last, () => {}))
      await restored.close()
    },
  },
  {
    title: '[J4] no acknowledged entry is lost by a crash at any moment',
    durable: true,
    async run(store) {
      for (let round = 0; round < 5; round++) {
        const journal = await store.open()
        const acknowledged = new Map<string, number>()
        const enough = Promise.withResolvers<void>()
        let left = 60
        const play = async (game: string): Promise<void> => {
          for (let version = 0; (await appended(journal, game, version)) === 'stored'; version++) {
            acknowledged.set(game, version + 1)
            if (--left === 0) enough.resolve()
          }
        }
        const playing = Array.from({ length: 8 }, (_, index) => play(`round-${round}-${index}`))
        await claimInTime(enough.promise, '60 acknowledgements')
        const promised = new Map(acknowledged)
        await crash(store)
        await journal.close()
        await Promise.all(playing)

        const reopened = await store.open()
        for (const [game, version] of promised) {
          const entries = await readWhole(reopened, game)
          claim(entries.length >= version, `${game}: ${version} acknowledged, ${entries.length} found after the crash`)
          await claimGame(
            reopened,
            game,
            entries.map((entry) => `${game} ${entry.version}`),
          )
        }
        await reopened.close()
      }
    },
  },
  {
    title: '[J4] [J5] entries that a follower received survive a crash',
    durable: true,
    async run(store) {
      const journal = await store.open()
      const crashed = Promise.withResolvers<void>()
      const follower = new Follower(journal, '', (batch) => {
        if (batch.some((entry) => entry.version === 1)) crash(store).then(crashed.resolve, crashed.reject)
      })
      await playGame(journal, 'a', ['one'])
      await follower.received(1)
      await claimInTime(crashed.promise, 'the crash')
      await journal.close()
      const reopened = await store.open()
      await claimGame(reopened, 'a', ['one'])
      await reopened.close()
    },
  },
]

/** The answer, or 'over' once the journal is closed. */
async function appended(journal: Journal, game: string, after: number): Promise<string> {
  try {
    return await journal.append(game, after, `${game} ${after + 1}`)
  } catch {
    return 'over'
  }
}
