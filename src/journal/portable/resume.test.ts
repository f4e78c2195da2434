import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Journal, MemoryJournal, PartitionedJournal } from '../index.ts'
import { seededRandom } from '../../base/index.ts'
import { stretchEntriesMax } from './format.ts'
import { ExportWriter, findResumption, isExportOf, makeSource, type Source } from './index.ts'
import { nodeChain } from '../sqlite/node-chain.ts'
import { addEntries, chunksOf, exportText, makeJournal, readText } from './testing/portable.ts'

const games = 40

/** What a file holds after `--continue`. */
async function goOn(bytes: Buffer, source: Source): Promise<Buffer> {
  const { tally, bytes: kept, position } = await findResumption((end) => chunksOf(bytes.subarray(0, end)))
  const written: string[] = [bytes.subarray(0, kept).toString()]
  await new ExportWriter({ write: async (text) => void written.push(text) }, tally).write(source, position)
  return Buffer.from(written.join(''))
}

async function entriesOf(journal: Journal): Promise<unknown> {
  return readText(await exportText(journal))
}

test('[X5] an export that was cut anywhere goes on, and is whole then', async () => {
  const journal = await makeJournal(2 * stretchEntriesMax + 50, games)
  const whole = Buffer.from(await exportText(journal))
  const entries = await readText(whole)
  const random = seededRandom(5)
  const marks = [...whole.toString('latin1').matchAll(/\{"mark"/g)].map(({ index }) => index)
  const cuts = [0, 1, 20, whole.length - 1, ...marks, ...marks.map((mark) => whole.indexOf('\n', mark) + 1)]
  for (let index = 0; index < 12; index++) cuts.push(random.below(whole.length))
  for (const cut of cuts) {
    const again = await goOn(whole.subarray(0, cut), makeSource(journal))
    assert.deepEqual(await readText(again), entries, `cut at ${cut}`)
  }
})

test('[X5] garbage behind the last mark, as a power cut leaves it, is written anew', async () => {
  const journal = await makeJournal(stretchEntriesMax + 50, games)
  const whole = Buffer.from(await exportText(journal))
  const cut = Buffer.concat([whole.subarray(0, -3000), Buffer.alloc(2000), Buffer.from([0xff, 0x0a]), Buffer.alloc(9)])
  assert.deepEqual(await readText(await goOn(cut, makeSource(journal))), await readText(whole))
})

test('[X5] a whole export takes in what is new since, again and again', async () => {
  const journal = await makeJournal(100, games)
  let file: Buffer = Buffer.from(await exportText(journal))
  for (let round = 1; round <= 3; round++) {
    await addEntries(journal, round * 100, { entries: 100, games })
    const { isWhole } = await findResumption((end) => chunksOf(file.subarray(0, end)))
    assert.ok(isWhole)
    file = await goOn(file, makeSource(journal))
    assert.deepEqual(await readText(file), await entriesOf(journal))
  }
})

test('[X5] damage before the last mark is refused, not cut away', async () => {
  const journal = await makeJournal(2 * stretchEntriesMax + 50, games)
  const whole = await exportText(journal)
  const damaged = whole.replace('entry 77 ', 'entry 78 ')
  await assert.rejects(goOn(Buffer.from(damaged), makeSource(journal)), {
    fault: 'damaged',
    place: { line: 79, game: 'game-37', version: 2 },
  })
  const lost = whole.replace(/\n[^\n]*"entry 4133 [^\n]*/, '').slice(0, -1000)
  await assert.rejects(goOn(Buffer.from(lost), makeSource(journal)), { fault: 'damaged' })
  await assert.rejects(goOn(Buffer.from('my diary'), makeSource(journal)), { fault: 'unknown-format' })
})

test('[X5] the last entry of a file tells whether the journal is the one that was exported', async () => {
  const journal = await makeJournal(100, games)
  const text = await exportText(journal)
  const resumption = await findResumption(() => chunksOf(text))
  assert.equal(resumption.position, '100')
  const isOf = (other: Journal): Promise<boolean> => isExportOf(makeSource(other), resumption)
  assert.ok(await isOf(journal))
  assert.equal(await isExportOf(makeSource(journal), { ...resumption, position: '99' }), false)
  assert.equal(await isOf(new MemoryJournal()), false)
  const other = await makeJournal(99, games)
  await other.append('game-19', 2, 'something else')
  assert.equal(await isOf(other), false)
})

const partitionsOf = (count: number): readonly MemoryJournal[] =>
  Array.from({ length: count }, () => new MemoryJournal({ chain: nodeChain }))

test('[X5] an export of several partitions that was cut anywhere goes on, with each entry once', async () => {
  const journal = new PartitionedJournal(partitionsOf(3))
  await addEntries(journal, 0, { entries: stretchEntriesMax + 50, games })
  let file: Buffer = Buffer.from(await exportText(journal))
  const random = seededRandom(7)
  for (let round = 1; round <= 8; round++) {
    // Not in all of them: of one partition there may be nothing new.
    for (let index = 0; index < round % 3; index++) await journal.append(`new-${round}-${index}`, 0, 'x')
    const cut = file.subarray(0, round % 2 === 0 ? file.length : random.below(file.length))
    assert.ok(await isExportOf(makeSource(journal), await findResumption((end) => chunksOf(cut.subarray(0, end)))))
    file = await goOn(cut, makeSource(journal))
    assert.deepEqual(sorted(await readText(file)), sorted(await readText(await exportText(journal))), `round ${round}`)
  }
})

/** The order between games may be another. */
function sorted<Each extends { readonly game: string }>(entries: readonly Each[]): readonly Each[] {
  return entries.toSorted((a, b) => (a.game < b.game ? -1 : a.game > b.game ? 1 : 0))
}

test('[X5] a partition that went back, or was replaced, is noticed whichever has the last entry', async () => {
  const parts = partitionsOf(2)
  const journal = new PartitionedJournal(parts)
  await addEntries(journal, 0, { entries: 100, games })
  const resumption = await findResumption(async function* () {
    yield* chunksOf(await exportText(journal))
  })
  assert.ok(await isExportOf(makeSource(journal), resumption))
  // Restored from an older backup, and gone on with since: as long as it was, with games that no export has.
  for (const lost of [0, 1]) {
    const older = new MemoryJournal({ chain: nodeChain })
    for (let index = 0; index < 60; index++) await older.append(`other-${index}`, 0, 'x')
    const restored = new PartitionedJournal(parts.with(lost, older))
    assert.equal(await isExportOf(makeSource(restored), resumption), false, `partition ${lost}`)
  }
  const another = new PartitionedJournal(partitionsOf(3))
  await addEntries(another, 0, { entries: 100, games })
  assert.equal(await isExportOf(makeSource(another), resumption), false)
})

test('[X5] a file without entries is of any journal', async () => {
  const nothing = await findResumption((end) => chunksOf(Buffer.alloc(0).subarray(0, end)))
  assert.ok(await isExportOf(makeSource(new PartitionedJournal(partitionsOf(2))), nothing))
})

test('[X4] a journal that does not match its chain is exported up to there, naming game and version', async () => {
  const journal = await makeJournal(100, games)
  const source = makeSource(journal)
  const harmed: Source = {
    ...source,
    page: async (after) =>
      (await source.page(after)).map((entry) => (entry.position === '60' ? { ...entry, body: 'forged' } : entry)),
  }
  await assert.rejects(goOn(Buffer.alloc(0), harmed), {
    name: 'JournalFault',
    fault: 'corrupt',
    message: /entry 2 of game game-19 does not match its chain/,
  })
  const gap: Source = {
    ...source,
    page: async (after) => (await source.page(after)).filter(({ position }) => position !== '60'),
  }
  await assert.rejects(goOn(Buffer.alloc(0), gap), { message: /an entry before entry 3 of game game-19 is missing/ })
})

test('[X4] a void entry is passed over', async () => {
  const journal = await makeJournal(100, games)
  const source = makeSource(journal)
  const racing: Source = {
    ...source,
    page: async (after) =>
      (await source.page(after)).flatMap((entry) =>
        entry.position === '60' ? [entry, { ...entry, body: 'late' }] : [entry],
      ),
  }
  assert.deepEqual(await readText(await goOn(Buffer.alloc(0), racing)), await entriesOf(journal))
})
