import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Journal, MemoryJournal, PartitionedJournal } from '../index.ts'
import { seededRandom } from '../../base/index.ts'
import { stretchEntriesMax } from './format.ts'
import { ExportWriter, findResumption, isExportOf, makeSource, type ExportSource } from './index.ts'
import { sha256Chain } from '../../base/node/index.ts'
import { addEntries, chunksOf, exportText, makeJournal, readPortableText } from './testing/portable.ts'

const games = 40

/** The content of a file after `oxo export --continue`. */
async function resume(bytes: Buffer, source: ExportSource): Promise<Buffer> {
  const { tally, bytes: kept, position } = await findResumption((end) => chunksOf(bytes.subarray(0, end)))
  const written: string[] = [bytes.subarray(0, kept).toString()]
  await new ExportWriter({ write: async (text) => void written.push(text) }, tally).write(source, position)
  return Buffer.from(written.join(''))
}

async function entriesOf(journal: Journal): Promise<unknown> {
  return readPortableText(await exportText(journal))
}

test('[X5] an export that was cut anywhere can be continued and is then complete', async () => {
  const journal = await makeJournal(2 * stretchEntriesMax + 50, games)
  const whole = Buffer.from(await exportText(journal))
  const entries = await readPortableText(whole)
  const random = seededRandom(5)
  const marks = [...whole.toString('latin1').matchAll(/\{"mark"/g)].map(({ index }) => index)
  const cuts = [0, 1, 20, whole.length - 1, ...marks, ...marks.map((mark) => whole.indexOf('\n', mark) + 1)]
  for (let index = 0; index < 12; index++) cuts.push(random.below(whole.length))
  for (const cut of cuts) {
    const again = await resume(whole.subarray(0, cut), makeSource(journal))
    assert.deepEqual(await readPortableText(again), entries, `cut at ${cut}`)
  }
})

test('[X5] garbage after the last mark, as a power cut may leave it, is replaced', async () => {
  const journal = await makeJournal(stretchEntriesMax + 50, games)
  const whole = Buffer.from(await exportText(journal))
  const cut = Buffer.concat([whole.subarray(0, -3000), Buffer.alloc(2000), Buffer.from([0xff, 0x0a]), Buffer.alloc(9)])
  assert.deepEqual(await readPortableText(await resume(cut, makeSource(journal))), await readPortableText(whole))
})

test('[X5] a complete export can be continued with new entries any number of times', async () => {
  const journal = await makeJournal(100, games)
  let file: Buffer = Buffer.from(await exportText(journal))
  for (let round = 1; round <= 3; round++) {
    await addEntries(journal, round * 100, { entries: 100, games })
    const { isWhole } = await findResumption((end) => chunksOf(file.subarray(0, end)))
    assert.ok(isWhole)
    file = await resume(file, makeSource(journal))
    assert.deepEqual(await readPortableText(file), await entriesOf(journal))
  }
})

test('[X5] damage before the last mark is refused and not cut off', async () => {
  const journal = await makeJournal(2 * stretchEntriesMax + 50, games)
  const whole = await exportText(journal)
  const damaged = whole.replace('entry 77 ', 'entry 78 ')
  await assert.rejects(resume(Buffer.from(damaged), makeSource(journal)), {
    fault: 'damaged',
    place: { line: 79, game: 'game-37', version: 2 },
  })
  const lost = whole.replace(/\n[^\n]*"entry 4133 [^\n]*/, '').slice(0, -1000)
  await assert.rejects(resume(Buffer.from(lost), makeSource(journal)), { fault: 'damaged' })
  await assert.rejects(resume(Buffer.from('my diary'), makeSource(journal)), { fault: 'unknown-format' })
})

test('[X5] the last entry of a file shows whether it is an export of the journal', async () => {
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
  Array.from({ length: count }, () => new MemoryJournal({ chain: sha256Chain }))

test('[X5] an export of several partitions that was cut anywhere can be continued, with each entry once', async () => {
  const journal = new PartitionedJournal(partitionsOf(3))
  await addEntries(journal, 0, { entries: stretchEntriesMax + 50, games })
  let file: Buffer = Buffer.from(await exportText(journal))
  const random = seededRandom(7)
  for (let round = 1; round <= 8; round++) {
    // Too few entries for all partitions, so that one may have nothing new.
    for (let index = 0; index < round % 3; index++) await journal.append(`new-${round}-${index}`, 0, 'x')
    const cut = file.subarray(0, round % 2 === 0 ? file.length : random.below(file.length))
    assert.ok(await isExportOf(makeSource(journal), await findResumption((end) => chunksOf(cut.subarray(0, end)))))
    file = await resume(cut, makeSource(journal))
    assert.deepEqual(
      sorted(await readPortableText(file)),
      sorted(await readPortableText(await exportText(journal))),
      `round ${round}`,
    )
  }
})

/** Sorts entries by game, because the order between games may differ. */
function sorted<Each extends { readonly game: string }>(entries: readonly Each[]): readonly Each[] {
  return entries.toSorted((a, b) => (a.game < b.game ? -1 : a.game > b.game ? 1 : 0))
}

test('[X5] a partition that was restored or replaced is noticed, whichever partition has the last entry', async () => {
  const parts = partitionsOf(2)
  const journal = new PartitionedJournal(parts)
  await addEntries(journal, 0, { entries: 100, games })
  const resumption = await findResumption(async function* () {
    yield* chunksOf(await exportText(journal))
  })
  assert.ok(await isExportOf(makeSource(journal), resumption))
  // One partition was restored from an older backup and used since: it has as many entries, but games that are not exported.
  for (const lost of [0, 1]) {
    const older = new MemoryJournal({ chain: sha256Chain })
    for (let index = 0; index < 60; index++) await older.append(`other-${index}`, 0, 'x')
    const restored = new PartitionedJournal(parts.with(lost, older))
    assert.equal(await isExportOf(makeSource(restored), resumption), false, `partition ${lost}`)
  }
  const another = new PartitionedJournal(partitionsOf(3))
  await addEntries(another, 0, { entries: 100, games })
  assert.equal(await isExportOf(makeSource(another), resumption), false)
})

test('[X5] a file without entries can be continued with any journal', async () => {
  const nothing = await findResumption((end) => chunksOf(Buffer.alloc(0).subarray(0, end)))
  assert.ok(await isExportOf(makeSource(new PartitionedJournal(partitionsOf(2))), nothing))
})

test('[X4] an export ends at an entry that does not match its chain and reports game and version', async () => {
  const journal = await makeJournal(100, games)
  const source = makeSource(journal)
  const harmed: ExportSource = {
    ...source,
    page: async (after) =>
      (await source.page(after)).map((entry) => (entry.position === '60' ? { ...entry, body: 'forged' } : entry)),
  }
  await assert.rejects(resume(Buffer.alloc(0), harmed), {
    name: 'JournalFault',
    fault: 'corrupt',
    message: /entry 2 of game game-19 does not match its chain/,
  })
  const gap: ExportSource = {
    ...source,
    page: async (after) => (await source.page(after)).filter(({ position }) => position !== '60'),
  }
  await assert.rejects(resume(Buffer.alloc(0), gap), { message: /an entry before entry 3 of game game-19 is missing/ })
})

test('[X4] a void entry is not exported', async () => {
  const journal = await makeJournal(100, games)
  const source = makeSource(journal)
  const racing: ExportSource = {
    ...source,
    page: async (after) =>
      (await source.page(after)).flatMap((entry) =>
        entry.position === '60' ? [entry, { ...entry, body: 'late' }] : [entry],
      ),
  }
  assert.deepEqual(await readPortableText(await resume(Buffer.alloc(0), racing)), await entriesOf(journal))
})
