import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Canvas, span, textOf } from './canvas.ts'

function textsOf(canvas: Canvas): readonly string[] {
  return canvas.lines.map(textOf)
}

test('what is painted beside a wide text stands where it would beside a narrow one', () => {
  for (const name of ['Quiet!', '囲碁囲', '👩‍🚀👍🏽🇨🇭', 'Qui\u0301et!', 'שָׁלוֹם!!', '❤️❤️❤️']) {
    const canvas = new Canvas()
    canvas.putLines(2, 0, [[span(name, 'X'), span('|', 'dim')]])
    canvas.put(10, 0, '4:59')
    assert.deepEqual(textsOf(canvas), [`  ${name}| 4:59`], name)
  }
})

test('of a wide character nothing is left once half of it is painted over', () => {
  const canvas = new Canvas()
  canvas.put(0, 0, '囲碁囲')
  canvas.put(1, 0, 'a')
  canvas.put(4, 0, 'b')
  assert.deepEqual(textsOf(canvas), [' a碁b '])
})
