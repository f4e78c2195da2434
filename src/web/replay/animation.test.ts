import assert from 'node:assert/strict'
import test from 'node:test'
import { presets } from '../../game/index.ts'
import { makeAnimation } from './animation.ts'

const plies = [
  { cell: 0, mark: 'X' },
  { cell: 3, mark: 'O' },
  { cell: 1, mark: 'X' },
  { cell: 4, mark: 'O' },
  { cell: 2, mark: 'X' },
] as const

test('[B61] the replay as a file has every move in its order, then the strike, and no motion for who asks for less', () => {
  const file = makeAnimation({ rules: presets.tictactoe, plies }, [0, 1, 2], 'Ada & <Bob>')
  const moves = [...file.matchAll(/class="m ([XO])" transform="translate\((\d+) (\d+)\).*?delay:([\d.]+)s/g)]
  assert.deepEqual(
    moves.map(([, mark, x, y, at]) => [mark, x, y, at]),
    [
      ['X', '8', '8', '0.80'],
      ['O', '8', '48', '1.60'],
      ['X', '48', '8', '2.40'],
      ['O', '48', '48', '3.20'],
      ['X', '88', '8', '4.00'],
    ],
  )
  assert.match(file, /class="l X" d="M28 28L108 28" style="animation-delay:4.40s"/)
  assert.match(file, /<title>Ada &amp; &lt;Bob&gt;<\/title>/)
  assert.match(file, /prefers-reduced-motion:reduce\)\{\.m,\.l\{animation:none\}\}/)
})

test('[B61] a game without a line has no strike, and a long one takes at most half a minute', () => {
  const long = Array.from({ length: 225 }, (_, cell) => ({ cell, mark: cell % 2 === 0 ? 'X' : 'O' }) as const)
  const file = makeAnimation({ rules: presets.gomoku, plies: long }, null, '')
  assert.doesNotMatch(file, /class="l /)
  assert.match(file, /delay:30\.00s/)
  assert.doesNotMatch(file, /delay:30\.[1-9]/)
})
