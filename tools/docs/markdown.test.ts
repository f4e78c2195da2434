import assert from 'node:assert/strict'
import { test } from 'node:test'
import { between, replaceBetween } from './markdown.ts'

const marks = ['<!-- a -->', '<!-- /a -->'] as const
const document = 'Before.\n\n<!-- a -->\n\nold\n\n<!-- /a -->\n\nAfter.\n'

test('only the text between the markers is read and replaced', () => {
  assert.equal(between(document, marks), 'old')
  const renewed = replaceBetween(document, marks, 'new $& text')
  assert.equal(renewed, 'Before.\n\n<!-- a -->\n\nnew $& text\n\n<!-- /a -->\n\nAfter.\n')
  assert.equal(replaceBetween(renewed, marks, 'old'), document)
  assert.equal(replaceBetween('<!-- a -->\n\n<!-- /a -->', marks, 'new'), '<!-- a -->\n\nnew\n\n<!-- /a -->')
})

test('a document without the markers, or with them in the wrong order, is refused', () => {
  assert.throws(() => between('Nothing.', marks), /has no <!-- a --> … <!-- \/a -->/)
  assert.throws(() => replaceBetween('<!-- /a --> <!-- a -->', marks, 'new'), /has no/)
})
