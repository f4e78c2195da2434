import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../base/index.ts'
import { Fault } from '../protocol/index.ts'
import { checkName, makeGuestName } from './name.ts'

const shown: readonly (readonly [string, string])[] = [
  ['Ann', 'Ann'],
  ['  Ann  ', 'Ann'],
  ['Quiet   Otter', 'Quiet Otter'],
  ['Quiet\u00a0\u3000Otter', 'Quiet Otter'],
  ['Zoe\u0308', 'Zo\u00eb'],
  ['\u212bngstr\u00f6m', '\u00c5ngstr\u00f6m'],
  ['李小龍', '李小龍'],
  ['שָׁלוֹם', 'שָׁלוֹם'.normalize('NFC')],
  ['علي', 'علي'],
  ['ไม้เอก', 'ไม้เอก'],
  ['한국', '한국'],
  ["O'Brien-Łukasz, Jr.", "O'Brien-Łukasz, Jr."],
  ['<b>&amp;', '<b>&amp;'],
  ['😀', '😀'],
  ['❤️ Ann', '❤️ Ann'],
  ['👩‍🚀', '👩‍🚀'],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['x'.repeat(24), 'x'.repeat(24)],
  ['😀'.repeat(24), '😀'.repeat(24)],
  ['e\u0301'.repeat(24), '\u00e9'.repeat(24)],
]

test('[S23] a name is shown in NFC, trimmed, with single spaces', () => {
  for (const [text, name] of shown) assert.equal(checkName(text), name)
})

const hostile: readonly (readonly [string, RegExp])[] = [
  ['', /at least one/],
  ['   ', /at least one/],
  ['\u3000', /at least one/],
  ['x'.repeat(25), /at most 24 characters; this one has 25/],
  ['😀'.repeat(25), /at most 24/],
  ['x'.repeat(8_000), /at most 24/],
  ['\ufdfa'.normalize('NFKC').repeat(2), /at most 24/],
  ['a\0b', /control/],
  ['a\nb', /control/],
  ['a\rb', /control/],
  ['a\tb', /control/],
  ['\u001b[2J', /control/],
  ['\u001b]0;title\u0007', /control/],
  ['a\u007fb', /control/],
  ['a\u0085b', /control/],
  ['\u009b31m', /control/],
  ['a\u2028b', /control/],
  ['a\u2029b', /control/],
  ['\ud800', /half/],
  ['a\udc00', /half/],
  ['\udc00\ud800', /half/],
  ['abc\u202edef', /direction/],
  ['\u202aabc', /direction/],
  ['\u202b', /direction/],
  ['\u202d', /direction/],
  ['a\u202c', /direction/],
  ['\u2066a\u2069', /direction/],
  ['\u2067a', /direction/],
  ['\u2068a', /direction/],
  ['a\u200eb', /direction/],
  ['a\u200fb', /direction/],
  ['a\u061cb', /direction/],
  ['\u200b', /invisible/],
  ['A\u200bnn', /invisible/],
  ['A\u200cnn', /invisible/],
  ['A\u200dnn', /invisible/],
  ['A\u2060nn', /invisible/],
  ['\ufeffAnn', /invisible/],
  ['A\u00adnn', /invisible/],
  ['A\u034fnn', /invisible/],
  ['\u115f', /invisible/],
  ['\u1160', /invisible/],
  ['\u3164', /invisible/],
  ['\uffa0', /invisible/],
  ['\u180eAnn', /invisible/],
  ['\u2800', /invisible/],
  ['A\ufe0fnn', /invisible/],
  ['A\u{e0061}\u{e007f}', /invisible/],
  ['A\u{e0100}nn', /invisible/],
  ['A\u2062nn', /invisible/],
  ['A\ufff9nn', /invisible/],
  ['😀\u200d', /invisible/],
  ['\ue000', /private/],
  ['\u{f0000}', /private/],
  ['\ufffe', /private/],
  ['\ufdd0', /private/],
  ['\u{1ffff}', /private/],
  ['\u0301Ann', /start with a combining/],
  [' \u0301Ann', /start with a combining/],
  ['Z\u0300\u0301\u0302', /more than 2 combining/],
  [`a${'\u0336'.repeat(10_000)}`, /more than 2 combining/],
  ['a\u20dd\u20dd\u20dd', /more than 2 combining/],
]

test('[S24] a name that could deceive or damage what shows it is refused with the reason', () => {
  for (const [text, sentence] of hostile) {
    const complaint = (fault: unknown): boolean =>
      fault instanceof Fault && fault.fault === 'bad-name' && sentence.test(fault.message)
    assert.throws(() => checkName(text), complaint, JSON.stringify(text.slice(0, 30)))
  }
})

test('[S23] a name that was taken is taken again, unchanged, and is short and visible', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      let name: string
      try {
        name = checkName(text)
      } catch (fault) {
        assert.ok(fault instanceof Fault && fault.fault === 'bad-name')
        return
      }
      assert.equal(checkName(name), name)
      assert.ok([...name].length <= 24 && name.isWellFormed())
      assert.match(name, /[^\p{C}\p{Z}\p{M}]|\p{Cn}/u)
    }),
    { seed: 1952, numRuns: 5_000 },
  )
})

test('[S25] guests get names of two words that may be shown, and seldom the same', () => {
  const random = seededRandom(1952)
  const names = Array.from({ length: 1_000 }, () => makeGuestName(random))
  for (const name of names) {
    assert.match(name, /^[A-Z][a-z]+ [A-Z][a-z]+$/)
    assert.equal(checkName(name), name)
  }
  assert.ok(new Set(names).size > 800)
})
