import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from './canvas.ts'
import { Menu } from './menu.ts'

function press(menu: Menu, ...keys: readonly string[]): Promise<number | null> {
  for (const key of keys) menu.press(key)
  return menu.chosen
}

test('arrows and letters go round, enter chooses, q and escape choose nothing', async () => {
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'enter'), 0)
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'down', 'j', 'enter'), 2)
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'up', ' '), 2)
  assert.equal(await press(new Menu('', ['a']), 'q'), null)
  assert.equal(await press(new Menu('', ['a']), 'escape'), null)
})

test('of many items those around the one at hand are shown', () => {
  const menu = new Menu(
    'Games',
    Array.from({ length: 100 }, (_, index) => `game ${index}`),
  )
  for (let index = 0; index < 50; index++) menu.press('down')
  const lines = menu.lines({ columns: 80, rows: 24 }).map(textOf)
  assert.ok(lines.length < 24)
  assert.ok(lines.includes('  ▸ game 50'))
})
