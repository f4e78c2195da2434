import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GameHandle } from '../../client/index.ts'
import { openTable } from './page-game.ts'

test('a game that is left twice gives up its handle once: other parts of the page may follow it', () => {
  let closed = 0
  const view = { rules: { width: 3, height: 3 }, board: '.........' }
  const handle = { view, onChange: () => () => {} } as unknown as GameHandle
  const table = openTable('server', handle, () => void closed++)
  table.leave()
  table.leave()
  assert.equal(closed, 1)
})
