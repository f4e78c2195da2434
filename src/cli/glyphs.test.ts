import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellsOf, cutCells, padCells } from './cells.ts'
import { type Glyphs, glyphsOf } from './glyphs.ts'
import { makePlain } from './plain-output.ts'

const terminals: readonly (readonly [env: Readonly<Record<string, string>>, glyphs: Glyphs])[] = [
  [{ TERM: 'xterm-256color', LANG: 'de_DE.UTF-8' }, 'all'],
  [{ TERM: 'xterm', LC_CTYPE: 'UTF-8' }, 'all'],
  [{ TERM: 'xterm', LANG: 'de_DE.utf8@euro' }, 'all'],
  [{ TERM: 'xterm', LC_ALL: '', LANG: 'C.UTF-8' }, 'all'],
  [{ TERM: 'xterm', LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, 'ascii'],
  [{ TERM: 'xterm', LC_CTYPE: 'POSIX', LANG: 'de_DE.UTF-8' }, 'ascii'],
  [{ TERM: 'xterm', LANG: 'en_US.ISO-8859-1' }, 'ascii'],
  [{ TERM: 'xterm', LANG: 'ja_JP.eucJP' }, 'ascii'],
  [{ TERM: 'xterm' }, 'ascii'],
  [{ LANG: 'C.UTF-8' }, 'ascii'],
  [{ TERM: 'vt100', LANG: 'C.UTF-8' }, 'ascii'],
  [{ TERM: 'vt220', LANG: 'C.UTF-8' }, 'ascii'],
  [{ TERM: 'dumb', LANG: 'C.UTF-8' }, 'ascii'],
  [{ TERM: 'linux', LANG: 'C.UTF-8' }, 'console'],
  [{ TERM: 'linux-16color', LANG: 'C.UTF-8' }, 'console'],
  [{ TERM: 'linux', LANG: 'C' }, 'ascii'],
  [{ TERM: 'screen.linux', LANG: 'C.UTF-8' }, 'all'],
]

test('a terminal gets the characters that its locale and its type can show', () => {
  for (const [env, glyphs] of terminals) assert.equal(glyphsOf(env, 'linux'), glyphs, JSON.stringify(env))
  assert.equal(glyphsOf({}, 'win32'), 'all')
})

test('characters that a terminal lacks are replaced by others of the same width', () => {
  const text = '▸ X  Zoë Łukasz 囲碁 Ｏxo שלום 👩‍🚀 · … –\u001B[36m╭─╮╱╲╳┏┗┼\u001B[39m\r\n'
  assert.equal(makePlain(text, 'ascii'), '> X  Zoe ?ukasz ???? O xo ???? ?? . . -\u001B[36m.-./\\X[[+\u001B[39m\r\n')
  assert.equal(cellsOf(makePlain(text, 'ascii')), cellsOf(text))
  assert.equal(makePlain('╭─╮╱╲╳▸ Zoë 囲 ┼', 'console'), '┌─┐/\\X> Zoë 囲 ┼')
})

test('a text is cut by its width on the screen, never inside a character', () => {
  assert.equal(cutCells('Quiet Otter', 11), 'Quiet Otter')
  assert.equal(cutCells('Quiet Otter', 7), 'Quiet…')
  assert.equal(cutCells('囲碁囲碁', 6), '囲碁…')
  assert.equal(cutCells('👩‍🚀👩‍🚀👩‍🚀', 4), '👩‍🚀…')
  assert.equal(cutCells('🇨🇭🇨🇭🇨🇭', 5), '🇨🇭🇨🇭…')
  assert.equal(cutCells('Zoe\u0301Zoe\u0301', 4), 'Zoe\u0301…')
  assert.equal(cutCells('abc', 0), '')
  assert.equal(padCells('囲碁', 6), '囲碁  ')
})
