import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { markBox, markPaths } from '../../game/mark-paths.ts'
import { presets, type Rules, sideMax } from '../../game/index.ts'
import { decodePng } from '../testing/png.ts'
import { colours, flatten, type Pictured, PositionPainter } from './position.ts'
import { pictureSize } from './size.ts'

const painter = new PositionPainter()

/** The colours in the middle of each cell, row by row, and the place of the board. */
function look(view: Pictured) {
  const { width, height, colour } = decodePng(painter.draw(view))
  assert.deepEqual([width, height], pictureSize)
  let [left, top] = [0, 0]
  while (colour(left, height / 2) === colours.paper) left++
  while (colour(width / 2, top) === colours.paper) top++
  const [columns, rows] = [view.rules.width, view.rules.height]
  const side = (width - 2 * left) / columns
  assert.ok(Math.abs(side - (height - 2 * top) / rows) < 1, 'cells are squares')
  const cells = Array.from({ length: columns * rows }, (_, cell) => {
    const found = new Set<string>()
    const [x, y] = [left + (cell % columns) * side, top + Math.floor(cell / columns) * side]
    for (let dy = side * 0.2; dy < side * 0.8; dy++)
      for (let dx = side * 0.2; dx < side * 0.8; dx++) found.add(colour(Math.floor(x + dx), Math.floor(y + dy)))
    return found
  })
  return { cells, side, left, top }
}

const markOf = (found: ReadonlySet<string>): string =>
  found.has(colours['mark-x']) ? 'X' : found.has(colours['mark-o']) ? 'O' : '.'

function boardOf({ width, height }: Rules): string {
  return Array.from({ length: width * height }, (_, cell) => 'XO..X.O'.charAt((cell * 5 + (cell >> 2)) % 7)).join('')
}

test('[W44] every mark of every board is drawn in its cell, in its ink, on a board that fits', () => {
  const sizes = [
    [1, 1],
    [25, 1],
    [1, 25],
    [25, 25],
    [25, 3],
    [19, 19],
    [13, 24],
  ] as const
  const custom = sizes.map(([width, height]) => ({ ...presets.tictactoe, width, height, line: 1 }))
  for (const rules of [...Object.values(presets), ...custom]) {
    const board = boardOf(rules)
    const { cells, side, left, top } = look({ rules, board, outcome: null })
    assert.equal(cells.map(markOf).join(''), board, `${rules.width} × ${rules.height}`)
    assert.ok(side >= 22 && left >= 20 && top >= 20, `${side} ${left} ${top}`)
  }
  assert.equal(sideMax, 25)
})

test('[W44] a line that ended the game is struck through, and the other marks are paler', () => {
  const outcome = {
    winner: 'X',
    by: 'line',
    line: [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
  } satisfies Pictured['outcome']
  const board = 'XO.OX.XOX'
  const { cells } = look({ rules: presets.tictactoe, board, outcome })
  assert.equal(cells.map(markOf).join(''), 'X...X...X')
  const before = look({ rules: presets.tictactoe, board, outcome: null })
  assert.equal(before.cells.map(markOf).join(''), board)
  // Above the X of the first cell, where only the stroke through the line comes.
  const corner = (view: Pictured): string => decodePng(painter.draw(view)).colour(330 + 28, 45 + 28)
  assert.equal(corner({ rules: presets.tictactoe, board, outcome }), colours['mark-x'])
  assert.equal(corner({ rules: presets.tictactoe, board, outcome: null }), colours.raised)
})

test('[W44] the cell of the last move has another ground', () => {
  const last = { type: 'moved', player: 'X', x: 1, y: 0 } as const
  const { cells } = look({ rules: presets.tictactoe, board: '.X.......', outcome: null, last })
  assert.deepEqual(
    cells.map((found) => found.has(colours.wash)),
    Array.from({ length: 9 }, (_, cell) => cell === 1),
  )
})

test('[W44] the colours of a picture are those of the page in its light theme', () => {
  const style = readFileSync(join(import.meta.dirname, '../../web/style/colours.css'), 'utf8')
  const ofPage = Object.keys(colours).map((name) => [
    name,
    new RegExp(`--${name}: light-dark\\((#\\w{6}),`).exec(style)?.[1],
  ])
  assert.deepEqual(Object.fromEntries(ofPage), colours)
})

test('[W44] the drawings of marks consist of commands that the picture knows, inside their box', () => {
  for (const path of Object.values(markPaths)) {
    assert.match(path, /^[MC\d. -]*$/)
    const points = flatten(path).flat().flat()
    assert.ok(points.length > 40)
    for (const value of points) assert.ok(value > 2 && value < markBox - 2)
  }
})
