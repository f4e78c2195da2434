import assert from 'node:assert/strict'
import { copyFile, mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../base/index.ts'
import { type Entry, MemoryJournal } from '../index.ts'
import type { ExportFault } from './export-fault.ts'
import { lineBytesMax, stretchEntriesMax } from './format.ts'
import { ExportReader, ExportWriter, Import, openSqliteSource, ExportTally } from './index.ts'
import { chunksOf, exportText, makeJournal, readPortableText } from './testing/portable.ts'

const spec = new URL('../../../spec/', import.meta.url)
const fixture = await readFile(new URL('export/v1/export.ndjson', spec), 'utf8')
const listed = JSON.parse(await readFile(new URL('journal/v1/entries.json', spec), 'utf8')) as Entry[]
const portable = listed.map(({ game, version, body, chain }) => ({ game, version, body, chain }))

test('[X1] the export of the journal of format 1 equals the stored export, byte by byte', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-export-'))
  const file = join(folder.path, 'journal')
  await copyFile(new URL('journal/v1/journal.sqlite', spec), file)
  const source = openSqliteSource(file)
  const written: string[] = []
  await new ExportWriter({ write: async (text) => void written.push(text) }, new ExportTally()).write(source, null)
  await source.close()
  assert.equal(written.join(''), fixture)
})

test('[X3] the export of format 1 is read as listed, in chunks of any size, and imported with the same chains', async () => {
  for (const size of [1, 7, 100_000]) assert.deepEqual(await readPortableText(fixture, size), portable)
  const journal = new MemoryJournal()
  const work = await Import.begin(journal, systemClock)
  await work.run(new ExportReader(), chunksOf(fixture), () => {})
  for (const [game, entries] of Object.entries(Object.groupBy(portable, ({ game }) => game)))
    assert.deepEqual(
      (await journal.read(game)).map(({ version, body, chain }) => ({ game, version, body, chain })),
      entries,
    )
})

test('[X1] [X2] a long export has a mark after each stretch and reads back the same', async () => {
  const journal = await makeJournal(2 * stretchEntriesMax + 100, 50)
  const text = await exportText(journal)
  assert.equal([...text.matchAll(/^\{"mark"/gm)].length, 2)
  assert.equal((await readPortableText(text)).length, 2 * stretchEntriesMax + 100)
  const bodies = (await readPortableText(text)).map(({ body }) => body)
  assert.equal(bodies[5], 'entry 5 “\u2028” 𝕏')
})

test('[X1] a stretch is limited in bytes, not characters: an export of wide text reads back', async () => {
  const journal = new MemoryJournal()
  for (let after = 0; after < 100; after++) await journal.append('g', after, '€'.repeat(100_000))
  const text = await exportText(journal)
  assert.equal((await readPortableText(text, 1 << 20)).length, 100)
  assert.ok([...text.matchAll(/^\{"mark"/gm)].length >= 3)
})

test('[X1] a journal without entries has an export without entries', async () => {
  const text = await exportText(new MemoryJournal())
  assert.deepEqual(await readPortableText(text), [])
  assert.equal(text.split('\n').length, 3)
})

test('[X2] any flipped bit before the end is detected', async () => {
  const bytes = Buffer.from(fixture)
  // The digest does not cover the position in the end line: [X5] compares it with the journal.
  const position = bytes.lastIndexOf('"31"') + 1
  let found = 0
  for (let index = 0; index < bytes.length; index++) {
    if (index === position || index === position + 1) continue
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(bytes.readUInt8(index) ^ (1 << (index % 8)), index)
    await assert.rejects(readPortableText(flipped, 100_000), { name: 'ExportFault' }, `byte ${index}`)
    found++
  }
  assert.equal(found, bytes.length - 2)
})

const lines = fixture.split(/(?<=\n)/)
/** The fixture after `change` has edited the array of its lines. */
const edit = (change: (lines: string[]) => void): string => {
  const edited = [...lines]
  change(edited)
  return edited.join('')
}
const lineOf = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line)) + 1
const rematch = /"game":"N5uQ2wXkR9mTz-V3c_HsLe","version":2/

const harms: Readonly<Record<string, readonly [text: string, line: number | undefined, message: RegExp]>> = {
  'a changed body': [
    edit((all) => all.splice(4, 1, all[4]?.replace('\\"x\\":', '\\"y\\":') ?? '')),
    5,
    /^line 5 is damaged: entry \d+ of game \S+ does not match its chain$/,
  ],
  'a line that is missing in a game': [
    edit((all) => all.splice(lineOf(rematch) - 1, 1)),
    lineOf(/"game":"N5uQ2wXkR9mTz-V3c_HsLe","version":3/) - 1,
    /entry 3 of game N5uQ2wXkR9mTz-V3c_HsLe comes after entry 1: a line is missing or was moved$/,
  ],
  'a line that is missing at the end of a game': [
    edit((all) => all.splice(-2, 1)),
    32,
    /^lines 2 to 32: the mark counts 31 entries of 4 games, but there are 30 of 4$/,
  ],
  'two lines of one game in the wrong order': [
    edit((all) => all.splice(lineOf(rematch) - 1, 0, ...all.splice(lineOf(/_HsLe","version":3/) - 1, 1))),
    lineOf(rematch),
    /comes after entry 1: a line is missing or was moved$/,
  ],
  'two lines of different games in the wrong order': [
    edit((all) => all.splice(2, 2, all[3] ?? '', all[2] ?? '')),
    33,
    /^lines 2 to 33: the digest does not match: a line was changed or moved$/,
  ],
  'a doubled line': [edit((all) => all.splice(3, 0, all[3] ?? '')), 5, /comes after entry/],
  'a line after the end': [`${fixture}{}\n`, 34, /^line 34 is damaged: nothing may follow the end$/],
  'a line that says nothing': [edit((all) => all.splice(9, 0, '{"what":1}\n')), 10, /it is not a line of an export/],
  'bytes that are not text': [
    edit((all) => all.splice(9, 1, '\uFFFD')).replace('\uFFFD', '\uD800'),
    10,
    /is not a line/,
  ],
  'no end': [edit((all) => all.pop()), undefined, /^the export is cut short: it has no end line$/],
  'half a line at the end': [fixture.slice(0, -9), 33, /^the export is cut short in line 33$/],
  nothing: ['', undefined, /it is empty/],
  'a newer format': [fixture.replace('"format":1', '"format":2'), undefined, /^the export has format 2, .*newer one$/],
  'another file': ['my diary\n', undefined, /^this is not an export: `oxo export` writes one$/],
  'another file without a line': ['my diary', undefined, /^this is not an export/],
}

for (const [harm, [text, line, message]] of Object.entries(harms))
  test(`[X2] ${harm} is refused with its place`, async () => {
    assert.notEqual(text, fixture)
    await assert.rejects(readPortableText(text), (fault: ExportFault) => {
      assert.match(fault.message, message)
      assert.equal(fault.place.line, line)
      return true
    })
  })

test('[X2] no reader keeps more than a stretch, or an endless line, in memory', async () => {
  const text = await exportText(await makeJournal(stretchEntriesMax + 1, 3))
  const unmarked = text.replace(/^\{"mark".*\n/m, '')
  await assert.rejects(readPortableText(unmarked), { message: /^line 4098 is damaged: there is no mark before it$/ })
  const endless = `${lines[0]}${'x'.repeat(lineBytesMax + 1)}`
  await assert.rejects(readPortableText(endless, 1 << 20), { message: /^line 2 is damaged: it is too long$/ })
})

test('[X2] bytes that are not UTF-8 are detected', async () => {
  const bytes = Buffer.concat([Buffer.from(lines[0] ?? ''), Buffer.from([0xc3, 0x28, 0x0a])])
  await assert.rejects(readPortableText(bytes), { message: 'line 2 is damaged: it is not UTF-8' })
})
