import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainTextOf } from './canvas.ts'
import { Menu } from './menu.ts'

function press(menu: Menu, ...keys: readonly string[]): Promise<number | null> {
  for (const key of keys) menu.press(key)
  return menu.chosen
}

test('arrows and letters wrap around, enter chooses, q and escape choose nothing', async () => {
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'enter'), 0)
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'down', 'j', 'enter'), 2)
  assert.equal(await press(new Menu('', ['a', 'b', 'c']), 'up', ' '), 2)
  assert.equal(await press(new Menu('', ['a']), 'q'), null)
  assert.equal(await press(new Menu('', ['a']), 'escape'), null)
})

test('a long menu shows the items around the selected one', () => {
  const menu = new Menu(
    'Games',
    Array.from({ length: 100 }, (_, index) => `game ${index}`),
  )
  for (let index = 0; index < 50; index++) menu.press('down')
  const lines = menu.lines({ columns: 80, rows: 24 }).map(plainTextOf)
  assert.ok(lines.length < 24)
  assert.ok(lines.includes('  ▸ game 50'))
})
