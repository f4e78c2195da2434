/** The wire format cannot change unnoticed: spec/wire.json pins the shapes of the method and error tables. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { errorNames, errorRow } from '../../src/protocol/index.ts'
import { methods, notifications } from '../../src/protocol/schema/index.ts'
import { readText } from './tree.ts'

/** Members with text for people, which may change freely. */
const prose = new Set(['about', 'description', 'message'])

test('the wire format is the one that spec/wire.json pins', () => {
  const errors = errorNames.map((name) => [name, errorRow(name).code, errorRow(name).retry])
  const text = JSON.stringify({ methods, notifications, errors }, (key, value: unknown) =>
    prose.has(key) ? undefined : value,
  )
  const shapes = createHash('sha256').update(text).digest('hex').slice(0, 32)
  const pinned: unknown = JSON.parse(readText('spec/wire.json'))
  assert.deepEqual(
    pinned,
    { protocol: 1, shapes },
    `The wire format changed. If this is intended, describe it in CHANGELOG.md and in a transcript in spec/transcripts, and write ` +
      `{ "protocol": 1, "shapes": "${shapes}" } into spec/wire.json. A change that breaks old clients needs protocol 2.`,
  )
})
