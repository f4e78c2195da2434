import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listFiles, readText } from './tree.ts'
import { findUnwanted, unwanted } from './words.ts'

test('no text uses an unwanted word', () => {
  const texts = listFiles().filter((path) => /\.(?:ts|tsx|js|cjs|md|py|sh|c|go|java)$/.test(path))
  const found = texts.flatMap((path) => findUnwanted(path, readText(path)))
  const lines = found.map(({ path, line, word, say }) => `${path}:${line}: "${word}": ${say}`)
  assert.deepEqual(lines, [])
})

/** A sentence for each pattern, in their order. */
const planted = [
  'Entries after this one lie behind it.',
  'It is for whoever asks.',
  'The game goes on.',
  'It waits for ever.',
  'It begins anew.',
  'To mend it takes a day.',
  'A copy is dear.',
  'It was read in vain.',
  'The port cannot be had.',
  'Each door has its words.',
  'It hears of a change.',
  'They are told of it.',
  'A player for whom it is too late.',
  'Somebody knocks.',
] // prettier-ignore

test('each unwanted word is found, and its harmless neighbours are not', () => {
  const found = planted.map((sentence) => findUnwanted('a.md', sentence).length)
  assert.deepEqual(found, planted.map(() => 1)) // prettier-ignore
  assert.equal(unwanted.length, planted.length)
  for (const fine of ['The follower is 3 entries behind.', 'Servers behind proxies.'])
    assert.deepEqual(findUnwanted('a.md', fine), [])
})

test('each layer and each top folder has a short README', () => {
  const folders = new Set(
    listFiles().flatMap((path) => {
      const [first = '', second = '', ...rest] = path.split('/')
      if (first === 'src') return rest.length > 0 ? [`src/${second}`] : []
      return second !== '' && !first.startsWith('.') && first !== 'docs' && first !== 'bin' ? [first] : []
    }),
  )
  const lines = (folder: string): number => {
    try {
      return readText(`${folder}/README.md`).split('\n').length - 1
    } catch {
      return Infinity
    }
  }
  // The one of spec/ describes file formats.
  assert.deepEqual(
    [...folders].filter((folder) => lines(folder) > (folder === 'spec' ? 60 : 30)),
    [],
  )
})
