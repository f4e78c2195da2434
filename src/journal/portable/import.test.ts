import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, seededRandom, systemClock } from '../../base/index.ts'
import { type Appended, type Entry, type GameId, type Journal, JournalFault, MemoryJournal } from '../index.ts'
import type { Position, Subscription, Version } from '../index.ts'
import { stretchEntriesMax } from './format.ts'
import { ExportReader, Import, type Imported } from './index.ts'
import { addEntries, chunksOf, exportText, makeJournal } from './testing/portable.ts'

const games = 30
const count = stretchEntriesMax + 500

/** A clock on which every wait is over at once. */
const hasty: Clock = { ...systemClock, after: (_, call) => systemClock.after(0, call) }

async function importText(journal: Journal, text: string): Promise<Imported> {
  const work = await Import.begin(journal, hasty)
  return work.run(new ExportReader(), chunksOf(text), () => {})
}

test('[X6] an import creates the same games, and a second import adds nothing', async () => {
  const text = await exportText(await makeJournal(count, games))
  const journal = new MemoryJournal()
  assert.deepEqual(await importText(journal, text), { entries: count, games, added: count })
  assert.equal(await exportText(journal), text)
  assert.deepEqual(await importText(journal, text), { entries: count, games, added: 0 })
  assert.equal(await exportText(journal), text)
})

test('[X6] an interrupted import can be continued, and one into a journal with newer entries changes nothing', async () => {
  const whole = await makeJournal(count, games)
  const text = await exportText(whole)
  const journal = new MemoryJournal()
  const cut = text.indexOf('{"mark"') + 5000
  await assert.rejects(importText(journal, text.slice(0, cut)), { fault: 'cut-short' })
  assert.deepEqual(await importText(journal, text), { entries: count, games, added: count - stretchEntriesMax })
  await addEntries(journal, count, { entries: 100, games })
  assert.equal((await importText(journal, text)).added, 0)
  assert.equal((await importText(journal, await exportText(journal))).added, 0)
})

/** A journal of `count` entries that differs in one game. */
async function diverge(at: Version, further: number): Promise<MemoryJournal> {
  const journal = new MemoryJournal()
  for (let version = 0; version < at - 1; version++)
    await journal.append('game-7', version, `entry ${version * games + 7} “\u2028” 𝕏`)
  for (let version = at - 1; version < at + further; version++) await journal.append('game-7', version, 'elsewhere')
  return journal
}

test('[X6] another history of a game is a conflict, whichever history is longer', async () => {
  const text = await exportText(await makeJournal(count, games))
  const versions = Math.ceil((count - 7) / games)
  const cases = [
    [1, 0],
    [3, 0],
    [versions, 0],
    [2, versions + 10],
    [versions, 10],
  ] as const
  for (const [at, further] of cases) {
    const named = {
      name: 'ExportFault',
      fault: 'conflict',
      message: /^game game-7 has another history in this journal/,
    }
    await assert.rejects(importText(await diverge(at, further), text), named, `from ${at}, ${further} more`)
  }
})

test('[X6] a file is compared before anything is appended', async () => {
  const text = await exportText(await makeJournal(count, games))
  const journal = await diverge(3, 0)
  const work = await Import.begin(journal, hasty)
  await assert.rejects(
    work.check(new ExportReader(), chunksOf(text), () => {}),
    { fault: 'conflict' },
  )
  assert.equal((await journal.read('game-0')).length, 0)
})

test('[X6] a shorter, different history of a game is found before anything is appended', async () => {
  const text = await exportText(await makeJournal(count, games))
  for (const at of [1, 3, Math.ceil((count - 7) / games)]) {
    const journal = await diverge(at, 500)
    const work = await Import.begin(journal, hasty)
    await assert.rejects(
      work.check(new ExportReader(), chunksOf(text), () => {}),
      { fault: 'conflict', message: /game game-7 has another history/ },
    )
  }
  // A longer version of the same history is not a conflict.
  const longer = await makeJournal(count + 500, games)
  await (await Import.begin(longer, hasty)).check(new ExportReader(), chunksOf(text), () => {})
})

/** A journal whose appends fail as the test says, and which can lose an entry. */
class Faulty implements Journal {
  readonly id = 'faulty'
  readonly durability = 'memory'
  readonly #memory = new MemoryJournal()
  readonly #fail: (game: GameId, version: Version) => 'before' | 'after' | 'full' | null
  forgets: Position | null = null

  constructor(fail: (game: GameId, version: Version) => 'before' | 'after' | 'full' | null) {
    this.#fail = fail
  }

  async append(game: GameId, after: Version, body: string): Promise<Appended> {
    const failure = this.#fail(game, after + 1)
    if (failure === 'full') throw new JournalFault('storage-full', 'no space')
    if (failure === 'before') throw new JournalFault('outcome-unknown', 'not confirmed')
    const appended = await this.#memory.append(game, after, body)
    if (failure === 'after') throw new JournalFault('outcome-unknown', 'not confirmed')
    return appended
  }

  read(...page: Parameters<Journal['read']>): Promise<readonly Entry[]> {
    return this.#memory.read(...page)
  }

  readBack(...page: Parameters<Journal['readBack']>): Promise<readonly Entry[]> {
    return this.#memory.readBack(...page)
  }

  follow(after: Position, handler: (entries: readonly Entry[]) => void): Subscription {
    return this.#memory.follow(after, (entries) => handler(entries.filter(({ position }) => position !== this.forgets)))
  }

  listen(...asked: Parameters<Journal['listen']>): ReturnType<Journal['listen']> {
    return this.#memory.listen(...asked)
  }

  close(): Promise<void> {
    return this.#memory.close()
  }
}

test('[X6] appends with an unknown outcome are looked up and stored only once', async () => {
  const text = await exportText(await makeJournal(count, games))
  const random = seededRandom(6)
  const journal = new Faulty(() => (random.below(600) === 0 ? (random.below(2) === 0 ? 'before' : 'after') : null))
  assert.equal((await importText(journal, text)).added, count)
  for (let game = 0; game < games; game++) {
    const bodies = (await journal.read(`game-${game}`)).map(({ body }) => body)
    assert.deepEqual(bodies, [...new Set(bodies)])
  }
})

test('[X6] a journal that refuses appends ends the import with its fault', async () => {
  const text = await exportText(await makeJournal(count, games))
  const full = new Faulty((_, version) => (version > 100 ? 'full' : null))
  await assert.rejects(importText(full, text), { fault: 'storage-full' })
  await assert.rejects(importText(new Faulty(() => 'before'), text), { fault: 'outcome-unknown' })
})

test('[X6] an import detects a journal that loses stored entries, and does not append to a damaged one', async () => {
  const text = await exportText(await makeJournal(300, games))
  const journal = new Faulty(() => null)
  journal.forgets = '299'
  await assert.rejects(importText(journal, text), { fault: 'corrupt', message: /game game-28 is incomplete/ })
  journal.forgets = '250'
  await assert.rejects(Import.begin(journal, hasty), { fault: 'corrupt', message: /entry 10 of game game-9 / })
})
