/** Runs one contract against every source of an export, and against sources with deliberate bugs. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Entry, type Journal, MemoryJournal, PartitionedJournal } from '../index.ts'
import { sha256Chain } from '../../base/node/index.ts'
import { openSqliteJournal } from '../sqlite/index.ts'
import { makeSource, openSqliteSource, type ExportSource } from './index.ts'
import { addEntries } from './testing/portable.ts'

interface Stand {
  /** An empty journal. */
  readonly journal: Journal
  readonly open: () => ExportSource
}

/** Reads all entries after a position. */
async function readFrom(source: ExportSource, after: string): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for (let position = after; ;) {
    const page = await source.page(position)
    if (page.length === 0) return entries
    entries.push(...page)
    position = page.at(-1)?.position ?? assert.fail('an empty page is the last one')
    assert.ok(entries.length <= 50_000, 'pages come to an end')
  }
}

const describe = ({ game, version, body, chain, position }: Entry): string =>
  [game, version, body, chain, position].join(' ')

/** The contract of every source. */
const contract: Readonly<Record<string, (stand: Stand) => Promise<void>>> = {
  'a journal without entries has no page': async ({ open }) => {
    assert.deepEqual(await open().page(''), [])
  },
  'it has the id of its journal': async ({ journal, open }) => {
    assert.equal(open().id, journal.id)
  },
  'its pages contain all entries stored before it was opened, in journal order, each once': async ({
    journal,
    open,
  }) => {
    // More entries than a page of any source.
    const games = Array.from({ length: 9_000 }, (_, index) => [`game-${index % 7}`, Math.floor(index / 7)] as const)
    await Promise.all(games.map(([game, after]) => journal.append(game, after, 'x')))
    const entries = await readFrom(open(), '')
    const versions = new Map<string, number>()
    for (const { game, version } of entries) {
      assert.equal(version, (versions.get(game) ?? 0) + 1, game)
      versions.set(game, version)
    }
    assert.equal(entries.length, 9_000)
    for (const [game, last] of versions) {
      const [stored] = await journal.read(game, last - 1, 1)
      assert.equal(stored?.chain, entries.findLast((entry) => entry.game === game)?.chain)
    }
  },
  'it continues after any entry that it has returned': async ({ journal, open }) => {
    await addEntries(journal, 0, { entries: 300, games: 7 })
    const source = open()
    const entries = (await readFrom(source, '')).map(describe)
    for (const index of [0, 1, 149, 298, 299]) {
      const position = entries[index]?.split(' ').at(-1) ?? ''
      assert.deepEqual((await readFrom(source, position)).map(describe), entries.slice(index + 1))
    }
  },
  'new entries come after the position at which an earlier source ended': async ({ journal, open }) => {
    await addEntries(journal, 0, { entries: 50, games: 7 })
    const before = await readFrom(open(), '')
    await addEntries(journal, 50, { entries: 20, games: 7 })
    const position = before.at(-1)?.position ?? ''
    const since = await readFrom(open(), position)
    assert.equal(since.length, 20)
    // Entries of different partitions have no order.
    const linksOf = (entries: readonly Entry[]): readonly string[] =>
      entries.map(({ game, version, chain }) => `${game} ${version} ${chain}`).toSorted()
    assert.deepEqual(linksOf([...before, ...since]), linksOf(await readFrom(open(), '')))
  },
  'it holds an entry at its position, and no other entry there': async ({ journal, open }) => {
    await addEntries(journal, 0, { entries: 50, games: 7 })
    const source = open()
    const entries = await readFrom(source, '')
    const [entry, next] = [entries[20] ?? assert.fail(), entries[21] ?? assert.fail()]
    const { game, version, chain, position } = entry
    assert.equal(await source.holds({ game, version, chain }, position), true)
    const others = [
      source.holds({ game, version, chain: next.chain }, position),
      source.holds({ game, version: version + 1, chain }, position),
      source.holds({ game, version: 999, chain }, position),
      source.holds({ game: 'no-such-game', version, chain }, position),
      source.holds({ game, version, chain }, entries[0]?.position ?? ''),
    ]
    assert.deepEqual(await Promise.all(others), [false, false, false, false, false])
  },
}

const overMemory = (): Stand => {
  const journal = new MemoryJournal({ chain: sha256Chain })
  return { journal, open: () => makeSource(journal) }
}

async function overFile(t: TestContext, open: (file: string, journal: Journal) => ExportSource): Promise<Stand> {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-source-'))
  const file = join(folder.path, 'journal')
  const journal = await openSqliteJournal({ file })
  const sources: ExportSource[] = []
  t.after(async () => {
    for (const source of sources) await source.close()
    await journal.close()
    folder.remove()
  })
  const openNext = (): ExportSource => {
    const source = open(file, journal)
    sources.push(source)
    return source
  }
  return { journal, open: openNext }
}

const stands: Readonly<Record<string, (t: TestContext) => Stand | Promise<Stand>>> = {
  'a journal in memory': overMemory,
  'a journal of partitions': () => {
    const journal = new PartitionedJournal([1, 2, 3].map(() => new MemoryJournal({ chain: sha256Chain })))
    return { journal, open: () => makeSource(journal) }
  },
  'a journal in a file': (t) => overFile(t, (_, journal) => makeSource(journal)),
  'a file with a writer': (t) => overFile(t, (file) => openSqliteSource(file)),
}

for (const [name, make] of Object.entries(stands))
  for (const [title, run] of Object.entries(contract)) test(`[X4] ${name}: ${title}`, async (t) => run(await make(t)))

/** Each bug turns a correct source into a wrong one. */
const plants: Readonly<Record<string, (right: ExportSource) => Partial<ExportSource>>> = {
  'has a page of an empty journal': () => ({ page: async () => [{} as Entry] }),
  'has the id of another journal': () => ({ id: 'another' }),
  'loses the last entry of a page': (right) => ({ page: async (after) => (await right.page(after)).slice(0, -1) }),
  'begins again at a position that is not of a page': (right) => ({
    page: (after) => right.page(after === '150' ? '' : after),
  }),
  'returns the entry at the position again': (right) => ({
    page: (after) => right.page(after === '' || after === '50' ? after : String(Number(after) - 1)),
  }),
  'ends with its first page': (right) => ({ page: async (after) => (after === '' ? right.page('') : []) }),
  'holds everything': () => ({ holds: async () => true }),
  'holds nothing': () => ({ holds: async () => false }),
  'holds an entry anywhere': (right) => ({
    holds: ({ game, version, chain }) => right.holds({ game, version, chain }, String(version * 7)),
  }),
}
for (const [plant, make] of Object.entries(plants))
  test(`[X4] the contract fails on a source that ${plant}`, async () => {
    await assert.rejects(async () => {
      for (const run of Object.values(contract)) {
        const { journal, open } = overMemory()
        const wrong = (): ExportSource => {
          const right = open()
          const bound: ExportSource = {
            isExact: right.isExact,
            id: right.id,
            page: (after) => right.page(after),
            holds: (entry, position) => right.holds(entry, position),
            close: () => right.close(),
          }
          return { ...bound, ...make(right) }
        }
        await run({ journal, open: wrong })
      }
    }, assert.AssertionError)
  })
