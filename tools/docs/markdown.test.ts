import assert from 'node:assert/strict'
import { test } from 'node:test'
import { between, replaceBetween } from './markdown.ts'

const marks = ['<!-- a -->', '<!-- /a -->'] as const
const document = 'Before.\n\n<!-- a -->\n\nold\n\n<!-- /a -->\n\nBehind.\n'

test('what stands between the marks is read and replaced, and nothing else', () => {
  assert.equal(between(document, marks), 'old')
  const renewed = replaceBetween(document, marks, 'new $& text')
  assert.equal(renewed, 'Before.\n\n<!-- a -->\n\nnew $& text\n\n<!-- /a -->\n\nBehind.\n')
  assert.equal(replaceBetween(renewed, marks, 'old'), document)
  assert.equal(replaceBetween('<!-- a -->\n\n<!-- /a -->', marks, 'new'), '<!-- a -->\n\nnew\n\n<!-- /a -->')
})

test('a document without the marks, or with them the wrong way round, is refused', () => {
  assert.throws(() => between('Nothing.', marks), /has no <!-- a --> … <!-- \/a -->/)
  assert.throws(() => replaceBetween('<!-- /a --> <!-- a -->', marks, 'new'), /has no/)
})
