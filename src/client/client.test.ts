import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp } from './testing/stage.ts'

test('smoke', async () => {
  const { client, wire } = setUp()
  const asked = client.call('ping')
  wire.welcome()
  wire.answer(wire.hear('ping'), { now: 3 })
  assert.deepEqual(await asked, { now: 3 })
})
