/**
 * Checks of listening to one game: a listener receives versions stored from then on, none before it is durable, and the last
 * one always.
 */
import { claimEqual } from '../../base/index.ts'
import type { Check } from './check.ts'
import type { Entry, GameId, Journal, Listening, Version } from '../journal.ts'
import { claim, playGame, claimInTime } from './claim.ts'

/** A listener that keeps the versions it receives. */
class Listener {
  readonly received: { readonly version: Version; readonly entry: Entry | null }[] = []
  readonly listening: Listening
  #waiter: { readonly version: Version; readonly resolve: () => void } | null = null

  constructor(journal: Journal, game: GameId, also: (version: Version) => void = () => {}) {
    this.listening = journal.listen(game, (version, entry) => {
      this.received.push({ version, entry })
      also(version)
      if (this.#waiter !== null && version >= this.#waiter.version) this.#waiter.resolve()
    })
  }

  get newest(): Version {
    return Math.max(0, ...this.received.map(({ version }) => version))
  }

  /** Waits until it has received `version` or a later one. */
  async waitFor(version: Version): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiter = { version, resolve }
    if (this.newest < version) await claimInTime(promise, `receiving version ${version}`)
  }
}

export const listenChecks: readonly Check[] = [
  {
    title: '[J20] a listener receives the entries stored in its game, and nothing about others',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await playGame(journal, 'a', ['one'])
      const [a, b] = [new Listener(journal, 'a'), new Listener(journal, 'b')]
      await playGame(journal, 'a', ['two', 'three'], 1)
      await playGame(journal, 'other', ['one', 'two', 'three', 'four', 'five'])
      await playGame(journal, 'b', ['one'])
      await Promise.all([a.waitFor(3), b.waitFor(1)])
      const read = await journal.read('a')
      for (const { version, entry } of a.received) {
        claim(version === 2 || version === 3, `received version ${version} of a game that was at 1`)
        if (entry !== null)
          claimEqual([entry.version, entry.body], [version, read[version - 1]?.body], 'entry received')
      }
      claimEqual([a.newest, b.newest, b.received.length], [3, 1, 1], 'newest version received for each')
      await journal.close()
    },
  },
  {
    title: '[J20] a version that a listener receives can be read, and an append that lost a race is not received',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const reads: Promise<boolean>[] = []
      const listener = new Listener(journal, 'a', (version) =>
        reads.push(journal.read('a', version - 1, 1).then(([entry]) => entry?.version === version)),
      )
      for (let version = 0; version < 20; version++)
        await Promise.all(['one', 'two', 'three'].map((body) => journal.append('a', version, body)))
      await listener.waitFor(20)
      claim((await Promise.all(reads)).every(Boolean), 'a received version could not be read')
      const read = await journal.read('a')
      for (const { version, entry } of listener.received)
        if (entry !== null) claimEqual(entry.body, read[version - 1]?.body, `body of version ${version}`)
      claimEqual(listener.newest, 20, 'newest version received')
      await journal.close()
    },
  },
  {
    title: '[J20] a client that listens first and then reads misses nothing, with any number of listeners',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const append = async (): Promise<void> => {
        for (let version = 0; version < 60; version++) await journal.append('a', version, String(version + 1))
      }
      const listeners: { readonly listener: Listener; readonly read: Version }[] = []
      const listen = async (): Promise<void> => {
        for (let count = 0; count < 12; count++) {
          const listener = new Listener(journal, 'a')
          listeners.push({ listener, read: (await journal.read('a')).length })
        }
      }
      await Promise.all([append(), listen()])
      await playGame(journal, 'a', ['61'], 60)
      for (const { listener, read } of listeners) {
        if (read < 61) await listener.waitFor(61)
        const versions = listener.received.map(({ version }) => version).filter((version) => version > read)
        claimEqual(
          versions,
          versions.toSorted((a, b) => a - b),
          'versions in order',
        )
      }
      await journal.close()
    },
  },
  {
    title: '[J20] a closed listener receives nothing more, others do; closing twice is harmless',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const [never, once, always] = [new Listener(journal, 'a'), new Listener(journal, 'a'), new Listener(journal, 'a')]
      never.listening.close()
      never.listening.close()
      await playGame(journal, 'a', ['one'])
      await Promise.all([once.waitFor(1), always.waitFor(1)])
      once.listening.close()
      await playGame(journal, 'a', ['two', 'three', 'four'], 1)
      await always.waitFor(4)
      claimEqual([never.received.length, once.newest], [0, 1], 'received by the closed listeners')
      await journal.close()
    },
  },
]
