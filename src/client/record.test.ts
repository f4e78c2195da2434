import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { chainStart, nextChain } from '../journal/index.ts'
import { makeBody, type GameRecord } from '../protocol/index.ts'
import { presets } from '../game/index.ts'
import { readRecord, verifyRecord } from './index.ts'

/** A record as the server makes it, with the journal's own chain. */
function makeRecord(): GameRecord {
  const account = { id: 'a', name: 'Zoë \u{1f980}' }
  const events = [
    { type: 'created', rules: presets.tictactoe, seats: 'invite', public: false, players: { X: account }, by: 'a' },
    { type: 'joined', player: 'O', account: { id: 'b', name: 'B' } },
    { type: 'moved', player: 'X', x: 1, y: 1 },
  ] as const
  let chain = chainStart
  const entries = events.map((event, index) => {
    const at = 1_700_000_000_000 + index
    chain = nextChain(chain, index + 1, makeBody(at, event))
    return { version: index + 1, at, event, chain }
  })
  return structuredClone({ game: 'g', entries, head: chain })
}

test('[C22] a record from the journal verifies, with any SHA-256 implementation', async () => {
  const record = JSON.parse(JSON.stringify(makeRecord())) as GameRecord
  assert.equal(await verifyRecord(record), null)
  assert.equal(await verifyRecord(record, (message) => createHash('sha256').update(message).digest()), null)
  assert.equal(await verifyRecord({ game: 'g', entries: [], head: chainStart }), null)
})

test('[C22] a changed, missing or moved entry is found at its version', async () => {
  const record = makeRecord()
  const [first, second, third] = record.entries
  assert.ok(first && second && third)
  const wrong: readonly (readonly [GameRecord, number])[] = [
    [{ ...record, entries: [first, { ...second, at: second.at + 1 }, third] }, 2],
    [{ ...record, entries: [first, second, { ...third, event: { type: 'moved', player: 'X', x: 1, y: 2 } }] }, 3],
    [{ ...record, entries: [{ ...first, chain: third.chain }, second, third] }, 1],
    [{ ...record, entries: [second, third] }, 1],
    [{ ...record, entries: [first, third] }, 2],
    [{ ...record, entries: [first, third, second] }, 2],
    [{ ...record, entries: [first, second] }, 3],
    [{ ...record, head: second.chain }, 4],
  ]
  for (const [changed, version] of wrong) assert.equal(await verifyRecord(changed), version)
})

async function* inPages(...pages: readonly GameRecord[]) {
  yield* pages
}

test('[C22] a record in pages is verified like a whole one', async () => {
  const { game, entries } = makeRecord()
  const page = (...some: typeof entries): GameRecord => ({ game, entries: some, head: some.at(-1)?.chain ?? '' })
  const [first, second, third] = entries
  assert.ok(first && second && third)
  assert.equal(await verifyRecord(inPages(page(first), page(second, third))), null)
  assert.equal(await verifyRecord(inPages(page(first, second, third), page())), null)
  assert.equal(await verifyRecord(inPages(page(first), page(third))), 2)
  assert.equal(await verifyRecord(inPages(page(first), page({ ...second, at: 1 }, third))), 2)
  assert.equal(await verifyRecord(inPages(page(first), { ...page(second), head: third.chain })), 3)
  assert.equal(await verifyRecord(inPages(page())), 1)
})

test('[S48] a reader of a record gets page after page, and requests each page only when it is needed', async () => {
  const asked: (number | undefined)[] = []
  const call = async (_: 'game.record', { from }: { readonly from?: number }): Promise<GameRecord> => {
    asked.push(from)
    return { ...makeRecord(), ...(from === 1 ? { next: 257 } : {}) }
  }
  const reading = readRecord({ call }, 'g')
  await reading.next()
  assert.deepEqual(asked, [1])
  await reading.next()
  assert.deepEqual([asked, (await reading.next()).done], [[1, 257], true])
})
