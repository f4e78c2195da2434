/** Journals that are wrong on purpose: the contract counts only because each of them turns it red. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertAppend } from '../assert-append.ts'
import { chainStart, nextChain, type NextChain } from '../chain.ts'
import { type Appended, type Entry, type GameId, type Hear, type Journal, JournalFault } from '../journal.ts'
import type { Listening, Position, Subscription, Version } from '../journal.ts'
import { journalContract, type JournalStore } from '../contract.ts'
import { pageEntriesMax } from '../limits.ts'
import { MemoryJournal } from '../memory.ts'
import { readWhole } from './claim.ts'

/** Each plant, and the rule whose checks must catch it. */
const plants = {
  'acknowledges early': '[J4]',
  'lets two racing appends through': '[J2]',
  'loses the tail on reopen': '[J4]',
  'accepts a gap': '[J2]',
  'chains to the wrong entry': '[J6]',
  'reads on from the wrong place': '[J1]',
  'gives more than a page': '[J1]',
  'reads back from the beginning': '[J19]',
  'reads back newest first': '[J19]',
  'reads back what it was told to leave out': '[J19]',
  'gives more than a page backwards': '[J19]',
  'lets a follower skip an entry': '[J5]',
  'lets a follower hear an entry twice': '[J5]',
  'lets a follower hear what is not durable': '[J4]',
  'lets a listener hear of other games': '[J20]',
  'lets a listener hear what is not durable': '[J20]',
  'forgets a listener after a while': '[J20]',
  'tells a listener who has left': '[J20]',
  'is another one on reopen': '[J15]',
  'is the same as every other': '[J15]',
} as const
type Plant = keyof typeof plants

const unchained: NextChain = (_, version, body) => nextChain(chainStart, version, body)

type Record = readonly [game: GameId, after: Version, body: string]

/** Journals on a tape that outlives them: what is on the tape is what a crash leaves. Right without a plant. */
class TapeStore implements JournalStore {
  readonly #plant: Plant | undefined
  readonly #id: string
  #tape: Record[] = []

  constructor(plant?: Plant) {
    this.#plant = plant
    this.#id = plant === 'is the same as every other' ? 'tape' : crypto.randomUUID().slice(0, 32)
  }

  openOther(): Promise<Journal> {
    return new TapeStore(this.#plant).open()
  }

  async open(): Promise<Journal> {
    const kept = this.#plant === 'loses the tail on reopen' ? this.#tape.slice(0, -1) : this.#tape
    const chain = this.#plant === 'chains to the wrong entry' ? unchained : nextChain
    const memory = new MemoryJournal(this.#plant === 'is another one on reopen' ? { chain } : { chain, id: this.#id })
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
  readonly #early: [GameId, Hear][] = []
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
    for (const [of, hear] of this.#early) if (of === game) hear(after + 1, null)
    const answer = this.#turn.then(() => this.#store(game, after, body))
    this.#turn = answer
    return answer
  }

  async #store(game: GameId, after: Version, body: string): Promise<Appended> {
    const head = (await this.#memory.readBack(game, Infinity, 1))[0]?.version ?? 0
    if (this.#plant === 'lets two racing appends through' && after === head - 1) return 'stored'
    const place = this.#plant === 'accepts a gap' ? Math.min(after, head) : after
    if (place !== head) return 'conflict'
    if (this.#plant === 'lets a follower hear what is not durable') await this.#memory.append(game, place, body)
    await this.#write([game, place, body])
    if (this.#plant !== 'lets a follower hear what is not durable') await this.#memory.append(game, place, body)
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
    if (this.#plant === 'gives more than a page') return this.#all(game, after)
    const from = this.#plant === 'reads on from the wrong place' && after >= pageEntriesMax ? after + 1 : after
    return this.#memory.read(game, from, limit)
  }

  async readBack(game: GameId, before: Version = Infinity, limit?: number): Promise<readonly Entry[]> {
    switch (this.#plant) {
      case 'reads back from the beginning':
        return this.#memory.read(game, 0, limit)
      case 'reads back newest first':
        return (await this.#memory.readBack(game, before, limit)).toReversed()
      case 'reads back what it was told to leave out':
        return this.#memory.readBack(game, before + 1, limit)
      case 'gives more than a page backwards':
        return (await this.#all(game, 0)).filter(({ version }) => version < before)
      default:
        return this.#memory.readBack(game, before, limit)
    }
  }

  async #all(game: GameId, after: Version): Promise<readonly Entry[]> {
    return (await readWhole(this.#memory, game)).slice(after)
  }

  follow(after: Position, hear: (entries: readonly Entry[]) => void): Subscription {
    return this.#memory.follow(after, (entries) => {
      if (this.#plant === 'lets a follower skip an entry') hear(entries.filter((entry) => entry.position !== '3'))
      else if (this.#plant === 'lets a follower hear an entry twice') hear([...entries, ...entries.slice(-1)])
      else hear(entries)
    })
  }

  listen(game: GameId, hear: Hear): Listening {
    switch (this.#plant) {
      case 'lets a listener hear of other games':
        this.#memory.listen('other', hear)
        return this.#memory.listen(game, hear)
      case 'lets a listener hear what is not durable':
        this.#early.push([game, hear])
        return this.#memory.listen(game, hear)
      case 'forgets a listener after a while':
        return this.#memory.listen(game, (version, entry) => version < 3 && hear(version, entry))
      case 'tells a listener who has left':
        this.#memory.listen(game, hear)
        return { close() {} }
      default:
        return this.#memory.listen(game, hear)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
    this.#flush()
    await this.#memory.close()
  }
}

test('a right journal on a tape passes every check', async () => {
  for (const check of journalContract) await check.run(new TapeStore())
})

for (const [plant, rule] of Object.entries(plants) as [Plant, string][]) {
  test(`${rule} the contract goes red on a journal that ${plant}`, async () => {
    await assert.rejects(async () => {
      for (const check of journalContract) if (check.title.includes(rule)) await check.run(new TapeStore(plant))
    })
  })
}
