import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gameIdPattern } from './game-id.ts'
import { limits } from './limits.ts'

test('a game id has up to gameIdCharactersMax characters', () => {
  const grammar = new RegExp(`^${gameIdPattern}$`)
  const longest = 'Az09_-'.padEnd(limits.gameIdCharactersMax, 'a')
  assert.deepEqual(
    [longest, `${longest}a`, '', 'a.b'].map((id) => grammar.test(id)),
    [true, false, false, false],
  )
})
