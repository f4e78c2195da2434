import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Canvas, span, plainTextOf } from './canvas.ts'

function textsOf(canvas: Canvas): readonly string[] {
  return canvas.lines.map(plainTextOf)
}

test('a text after a wide text is painted in the right column', () => {
  for (const name of ['Quiet!', '囲碁囲', '👩‍🚀👍🏽🇨🇭', 'Qui\u0301et!', 'שָׁלוֹם!!', '❤️❤️❤️']) {
    const canvas = new Canvas()
    canvas.putLines(2, 0, [[span(name, 'X'), span('|', 'dim')]])
    canvas.put(10, 0, '4:59')
    assert.deepEqual(textsOf(canvas), [`  ${name}| 4:59`], name)
  }
})

test('painting over half of a wide character removes all of it', () => {
  const canvas = new Canvas()
  canvas.put(0, 0, '囲碁囲')
  canvas.put(1, 0, 'a')
  canvas.put(4, 0, 'b')
  assert.deepEqual(textsOf(canvas), [' a碁b '])
})
