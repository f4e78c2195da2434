/** Journals with deliberate bugs: the contract is useful only if it fails on each of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAppend } from '../assert-append.ts'
import { chainStart, nextChain, type NextChain } from '../chain.ts'
import { type Appended, type Entry, type GameId, type OnEntries, type Journal, JournalFault } from '../journal.ts'
import type { Listening, Position, Subscription, Version } from '../journal.ts'
import { journalContract } from '../contract.ts'
import type { JournalStore } from './check.ts'
import { pageEntriesMax } from '../limits.ts'
import { MemoryJournal } from '../memory.ts'
import { readWhole } from './claim.ts'

/** Each bug, and the rule whose checks must detect it. */
const plants = {
  'acknowledges early': '[J4]',
  'lets two racing appends through': '[J2]',
  'loses the tail on reopen': '[J4]',
  'accepts a gap': '[J2]',
  'chains to the wrong entry': '[J6]',
  'continues reading at the wrong version': '[J1]',
  'returns more than a page': '[J1]',
  'reads back from the beginning': '[J19]',
  'reads back newest first': '[J19]',
  'reads back entries that were excluded': '[J19]',
  'returns more than a page backwards': '[J19]',
  'skips an entry for a follower': '[J5]',
  'delivers an entry to a follower twice': '[J5]',
  'delivers an entry to a follower before it is durable': '[J4]',
  'notifies a listener about other games': '[J20]',
  'notifies a listener before an entry is durable': '[J20]',
  'forgets a listener after a while': '[J20]',
  'notifies a closed listener': '[J20]',
  'changes its id on reopen': '[J15]',
  'has the same id as every other journal': '[J15]',
} as const
type Plant = keyof typeof plants

const unchained: NextChain = (_, version, body) => nextChain(chainStart, version, body)

type Record = readonly [game: GameId, after: Version, body: string]

/** Journals on a tape that outlives them. A crash leaves the records on the tape. Without a bug the store is correct. */
class TapeStore implements JournalStore {
  readonly #plant: Plant | undefined
  readonly #id: string
  #tape: Record[] = []

  constructor(plant?: Plant) {
    this.#plant = plant
    this.#id = plant === 'has the same id as every other journal' ? 'tape' : crypto.randomUUID().slice(0, 32)
  }

  openOther(): Promise<Journal> {
    return new TapeStore(this.#plant).open()
  }

  async open(): Promise<Journal> {
    const kept = this.#plant === 'loses the tail on reopen' ? this.#tape.slice(0, -1) : this.#tape
    const chain = this.#plant === 'chains to the wrong entry' ? unchained : nextChain
    const memory = new MemoryJournal(this.#plant === 'changes its id on reopen' ? { chain } : { chain, id: this.#id })
    for (const record of kept) await memory.append(...record)
    return new TapeJournal(memory, this.#tape, this.#plant)
  }

  async crash(): Promise<void> {
    this.#tape = [...this.#tape]
  }
}

class TapeJournal implements Journal {
  readonly id: string
  readonly durability = 'process'
  readonly #memory: MemoryJournal
  readonly #tape: Record[]
  readonly #plant: Plant | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #held: Record | undefined
  readonly #early: [GameId, OnEntries][] = []
  #closed = false

  constructor(memory: MemoryJournal, tape: Record[], plant: Plant | undefined) {
    this.id = memory.id
    this.#memory = memory
    this.#tape = tape
    this.#plant = plant
  }

  async append(game: GameId, after: Version, body: string): Promise<Appended> {
    if (this.#closed) throw new JournalFault('unavailable', 'the journal is closed')
    assertAppend(game, after, body)
    for (const [of, handler] of this.#early) if (of === game) handler(after + 1, null)
    const answer = this.#turn.then(() => this.#store(game, after, body))
    this.#turn = answer
    return answer
  }

  async #store(game: GameId, after: Version, body: string): Promise<Appended> {
    const head = (await this.#memory.readBack(game, Infinity, 1))[0]?.version ?? 0
    if (this.#plant === 'lets two racing appends through' && after === head - 1) return 'stored'
    const place = this.#plant === 'accepts a gap' ? Math.min(after, head) : after
    if (place !== head) return 'conflict'
    if (this.#plant === 'delivers an entry to a follower before it is durable')
      await this.#memory.append(game, place, body)
    await this.#write([game, place, body])
    if (this.#plant !== 'delivers an entry to a follower before it is durable')
      await this.#memory.append(game, place, body)
    return 'stored'
  }

  async #write(record: Record): Promise<void> {
    for (let tick = 0; tick < 5; tick++) await Promise.resolve()
    if (this.#held !== undefined) this.#tape.push(this.#held)
    this.#held = record
    if (this.#plant !== 'acknowledges early') this.#flush()
  }

  #flush(): void {
    if (this.#held !== undefined) this.#tape.push(this.#held)
    this.#held = undefined
  }

  async read(game: GameId, after: Version = 0, limit?: number): Promise<readonly Entry[]> {
    if (this.#plant === 'returns more than a page') return this.#all(game, after)
    const from = this.#plant === 'continues reading at the wrong version' && after >= pageEntriesMax ? after + 1 : after
    return this.#memory.read(game, from, limit)
  }

  async readBack(game: GameId, before: Version = Infinity, limit?: number): Promise<readonly Entry[]> {
    switch (this.#plant) {
      case 'reads back from the beginning':
        return this.#memory.read(game, 0, limit)
      case 'reads back newest first':
        return (await this.#memory.readBack(game, before, limit)).toReversed()
      case 'reads back entries that were excluded':
        return this.#memory.readBack(game, before + 1, limit)
      case 'returns more than a page backwards':
        return (await this.#all(game, 0)).filter(({ version }) => version < before)
      default:
        return this.#memory.readBack(game, before, limit)
    }
  }

  async #all(game: GameId, after: Version): Promise<readonly Entry[]> {
    return (await readWhole(this.#memory, game)).slice(after)
  }

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    return this.#memory.follow(after, (entries) => {
      if (this.#plant === 'skips an entry for a follower') handler(entries.filter((entry) => entry.position !== '3'))
      else if (this.#plant === 'delivers an entry to a follower twice') handler([...entries, ...entries.slice(-1)])
      else handler(entries)
    })
  }

  listen(game: GameId, handler: OnEntries): Listening {
    switch (this.#plant) {
      case 'notifies a listener about other games':
        this.#memory.listen('other', handler)
        return this.#memory.listen(game, handler)
      case 'notifies a listener before an entry is durable':
        this.#early.push([game, handler])
        return this.#memory.listen(game, handler)
      case 'forgets a listener after a while':
        return this.#memory.listen(game, (version, entry) => version < 3 && handler(version, entry))
      case 'notifies a closed listener':
        this.#memory.listen(game, handler)
        return { close() {} }
      default:
        return this.#memory.listen(game, handler)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
    this.#flush()
    await this.#memory.close()
  }
}

test('a correct journal on a tape passes every check', async () => {
  for (const check of journalContract) await check.run(new TapeStore())
})

for (const [plant, rule] of Object.entries(plants) as [Plant, string][]) {
  test(`${rule} the contract fails on a journal that ${plant}`, async () => {
    await assert.rejects(async () => {
      for (const check of journalContract) if (check.title.includes(rule)) await check.run(new TapeStore(plant))
    })
  })
}
