/** Listening to one game: what is stored of it from then on, none early, the last one always. */
import type { Check } from '../contract.ts'
import type { Entry, GameId, Journal, Listening, Version } from '../journal.ts'
import { claim, claimEqual, play, within } from './claim.ts'

/** A listener that keeps what it hears. */
class Listener {
  readonly heard: { readonly version: Version; readonly entry: Entry | null }[] = []
  readonly listening: Listening
  #wish: { readonly version: Version; readonly come: () => void } | null = null

  constructor(journal: Journal, game: GameId, also: (version: Version) => void = () => {}) {
    this.listening = journal.listen(game, (version, entry) => {
      this.heard.push({ version, entry })
      also(version)
      if (this.#wish !== null && version >= this.#wish.version) this.#wish.come()
    })
  }

  get newest(): Version {
    return Math.max(0, ...this.heard.map(({ version }) => version))
  }

  /** Waits until it has heard of `version` or a later one. */
  async hears(version: Version): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wish = { version, come: resolve }
    if (this.newest < version) await within(promise, `hearing version ${version}`)
  }
}

export const listenChecks: readonly Check[] = [
  {
    title: '[J20] a listener hears what is stored of its game, and nothing of others',
    durable: false,
    async run(store) {
      const journal = await store.open()
      await play(journal, 'a', ['one'])
      const [a, b] = [new Listener(journal, 'a'), new Listener(journal, 'b')]
      await play(journal, 'a', ['two', 'three'], 1)
      await play(journal, 'other', ['one', 'two', 'three', 'four', 'five'])
      await play(journal, 'b', ['one'])
      await Promise.all([a.hears(3), b.hears(1)])
      const read = await journal.read('a')
      for (const { version, entry } of a.heard) {
        claim(version === 2 || version === 3, `heard version ${version} of a game that was at 1`)
        if (entry !== null) claimEqual([entry.version, entry.body], [version, read[version - 1]?.body], 'entry heard')
      }
      claimEqual([a.newest, b.newest, b.heard.length], [3, 1, 1], 'newest heard of each')
      await journal.close()
    },
  },
  {
    title: '[J20] what is heard can be read, and what lost a race is not heard',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const reads: Promise<boolean>[] = []
      const listener = new Listener(journal, 'a', (version) =>
        reads.push(journal.read('a', version - 1, 1).then(([entry]) => entry?.version === version)),
      )
      for (let version = 0; version < 20; version++)
        await Promise.all(['one', 'two', 'three'].map((body) => journal.append('a', version, body)))
      await listener.hears(20)
      claim((await Promise.all(reads)).every(Boolean), 'what was heard could not be read')
      const read = await journal.read('a')
      for (const { version, entry } of listener.heard)
        if (entry !== null) claimEqual(entry.body, read[version - 1]?.body, `body of version ${version}`)
      claimEqual(listener.newest, 20, 'newest heard')
      await journal.close()
    },
  },
  {
    title: '[J20] who listens first and then reads misses nothing, however many listen',
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
      await play(journal, 'a', ['61'], 60)
      for (const { listener, read } of listeners) {
        if (read < 61) await listener.hears(61)
        const versions = listener.heard.map(({ version }) => version).filter((version) => version > read)
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
    title: '[J20] who has closed hears nothing more, others do; closing twice is harmless',
    durable: false,
    async run(store) {
      const journal = await store.open()
      const [never, once, always] = [new Listener(journal, 'a'), new Listener(journal, 'a'), new Listener(journal, 'a')]
      never.listening.close()
      never.listening.close()
      await play(journal, 'a', ['one'])
      await Promise.all([once.hears(1), always.hears(1)])
      once.listening.close()
      await play(journal, 'a', ['two', 'three', 'four'], 1)
      await always.hears(4)
      claimEqual([never.heard.length, once.newest], [0, 1], 'heard by those who left')
      await journal.close()
    },
  },
]
