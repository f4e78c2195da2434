import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../base/index.ts'
import { Fault } from '../../protocol/index.ts'
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
  ['میرزا\u200cرضا', 'میرزارضا'],
  ['x'.repeat(24), 'x'.repeat(24)],
  ['😀'.repeat(24), '😀'.repeat(24)],
  ['e\u0301'.repeat(24), '\u00e9'.repeat(24)],
  ['\u05d0\u05b8'.repeat(24), '\u05d0\u05b8'.repeat(24)],
]

/** Ordinary names and words whose script needs joiners, selectors or more than two marks. */
const ofScripts: Readonly<Record<string, readonly string[]>> = {
  Burmese: ['ကျော်', 'ဒေါ်အောင်ဆန်းစုကြည်', 'မြွှေ့', 'လျှော့', 'မျှော်လင့်'],
  Shan: ['ၽႃႇသႃႇတႆး'],
  Tibetan: ['བསྒྲུབས', 'བསྟན་འཛིན་རྒྱ་མཚོ་', 'བྷྲཱུཾ', 'རྡོ་རྗེ'],
  Persian: ['علی\u200cرضا', 'می\u200cخواهم', 'بِه\u200cنام', 'خانه\u200cای'],
  Urdu: ['محمّد اقبال'],
  Arabic: ['مُحَمَّدٌ', 'اللّٰه', 'شَيْءٌ', 'عَبْدُ ٱلرَّحْمَٰنِ'],
  Syriac: ['ܡܫܝܚܳܐ', 'ܝܽܘܚܰܢܳܢ'],
  Hebrew: ['שִׁ\u05bc', 'יְרוּשָׁלַ\u034f\u05b4ם', 'בְּרֵאשִׁ֖ית', 'שׁ\u05bc\u05b8\u05bdוא'],
  Sinhala: ['ශ්\u200dරී', 'ක්\u200dෂණ', 'විද්\u200dයා'],
  Malayalam: ['പ്രവീണ്\u200d', 'അന്\u200dവര്\u200d', 'ശ്രീകൃഷ്ണൻ'],
  Hindi: ['ज़ींद', 'ज़िंदगी', 'श्रीमती', 'क्\u200dषत्रिय', 'शक्\u200cति'],
  Marathi: ['दुसऱ्\u200dया'],
  Nepali: ['श्री\u200dमान'.replace('\u200d', ''), 'गर्\u200dयो'],
  Bengali: ['র\u200d্যাব', 'মিঁয়া', 'ক্\u200cষ'],
  Gurmukhi: ['ਸਿੰਘ', 'ਗੁਰਪ੍ਰੀਤ'],
  Gujarati: ['જ઼િંદગી'],
  Oriya: ['ଶ୍ରୀଜଗନ୍ନାଥ'],
  Tamil: ['ஸ்ரீநிவாசன்', 'க்\u200cஷ'],
  Telugu: ['శ్రీనివాస్', 'రాజ్\u200cకుమార్'],
  Kannada: ['ಶ್ರೀನಿವಾಸ', 'ರ\u200d್ಯಾಂಕ್', 'ರಾಜ್\u200cಕುಮಾರ್'],
  Khmer: ['ស្ត្រី', 'ព្រះសីហនុ', 'ខ្ញុំ', 'ប៉័ង', 'ស៊ុំ'],
  Thai: ['ผู้ใหญ่', 'สิทธิ์', 'น้ำเพชร', 'ปิ่นเกล้า'],
  Lao: ['ຫຼິ້ນ', 'ສຸພານຸວົງ'],
  Javanese: ['ꦲꦏ꧀ꦱꦫꦗꦮ', 'ꦏꦿꦶꦁ'],
  Balinese: ['ᬓ᭄ᬱᬢ᭄ᬭᬶᬬ'],
  'Tai Tham': ['ᩃᩣ᩠ᨶᨶᩣ', 'ᨾᩮᩬᩥᨦ'],
  Mongolian: ['ᠮᠣᠩᠭᠣᠯ', 'ᠰᠠᠢᠬᠠᠨ᠎ᠠ', 'ᠭ᠋ᠠ'],
  Dhivehi: ['މުޙައްމަދު'],
  Amharic: ['ኃይለ ሥላሴ'],
  Adlam: ['𞤀𞤣𞤤𞤢𞤥', '𞤆𞤵𞤤𞤢𞥄𞤪'],
  Japanese: ['葛\u{e0100}飾', '渡邉', 'がぎぐ', 'ｶﾞｷﾞ', '辻\ufe00'],
  Korean: ['김철수', '\u1112\u1161\u11ab'],
  Vietnamese: ['Nguyễn Thị Mỹ', 'Nguye\u0302\u0303n'],
  Yoruba: ['Ọlá', 'E\u0323\u0301'],
  Emoji: ['👩‍❤️‍💋‍👨', '👩\u200d❤\u200d👨', '🏳\u200d🌈', '🇨🇭', '1️⃣', '☠\ufe0e', '👍🏽', '👩🏽‍🚀'],
}

test('[S24] [S23] a name in any script is accepted as it is written in that script', () => {
  for (const [script, names] of Object.entries(ofScripts))
    for (const name of names) assert.equal(checkName(name), name.normalize('NFC'), `${script}: ${name}`)
})

test('[S23] a name is shown in NFC, trimmed, with single spaces', () => {
  for (const [text, name] of shown) assert.equal(checkName(text), name)
})

const hostile: readonly (readonly [string, RegExp])[] = [
  ['You', /means somebody else/],
  ['Perfect  BOT', /means somebody else/],
  ['\uff39\uff4f\uff55', /means somebody else/],
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
  // What one script needs is not allowed for another script, and not without limit.
  [`ก${'\u0e47'.repeat(12)}`, /more than 2 combining/],
  ['ก\u0e47\u0e47\u0e47', /more than 2 combining/],
  ['ก\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47', /more than 2 combining/],
  ['a\u0e31\u0e34\u0e35', /more than 2 combining/],
  ['\u05d0\u0300\u0301\u0302', /more than 2 combining/],
  [`\u0f40${'\u0f92'.repeat(3)}`, /more than 2 combining/],
  [`\u0f40${'\u0f90\u0f91\u0f92\u0f93\u0f94\u0f95'}`, /more than 2 combining/],
  [`\u0628${'\u064e\u064f\u0650\u0651\u0652\u0653'}`, /more than 2 combining/],
  [`\u1000${'\u103d\u103e\u102d\u102f\u1037\u103a'}`, /more than 2 combining/],
  [`\u0915${'\u093c\u094d\u200d\u093c\u094d\u0901'}`, /more than 2 combining|invisible/],
  ['a\u200c\u0628', /invisible/],
  ['\u0627\u200c', /invisible/],
  ['\u0628\u200c', /invisible/],
  ['\u200c\u0628', /invisible/],
  ['\u0628\u200c\u200c\u0628', /invisible/],
  ['\u0628\u200d\u0628', /invisible/],
  ['\u0628\u200ca', /invisible/],
  ['\u0915\u200d\u0915', /invisible/],
  ['\u0915\u094d\u200d\u200d\u0915', /invisible/],
  ['a\u094d\u200d\u0301\u0301\u0301', /more than 2 combining|invisible/],
  ['葛\u{e0100}\u{e0101}', /invisible/],
  ['\ufe00', /invisible/],
  ['a\ufe0e', /invisible/],
  ['a\u180b', /invisible/],
  ['😀\u200d😀', /invisible/],
  ['1\u200d2', /invisible/],
  ['\u05d0\u034f\u05d1', /invisible/],
  [`${'\u05d0\u05b8'.repeat(24)}\u05d0`, /at most 24/],
  [`${'\u1000\u103b\u103d'.repeat(20)}`, /at most 48/],
]

test('[S24] a name that could deceive readers or break a display is refused with the reason', () => {
  for (const [text, sentence] of hostile) {
    const complaint = (fault: unknown): boolean =>
      fault instanceof Fault && fault.fault === 'bad-name' && sentence.test(fault.message)
    assert.throws(() => checkName(text), complaint, JSON.stringify(text.slice(0, 30)))
  }
})

test('[S23] an accepted name is accepted again unchanged, and is short and visible', () => {
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
      assert.ok([...name].length <= 48 && name.isWellFormed())
      assert.match(name, /[^\p{C}\p{Z}\p{M}]|\p{Cn}/u)
    }),
    { seed: 1952, numRuns: 5_000 },
  )
})

test('[S25] guests get valid names of two words, which seldom repeat', () => {
  const random = seededRandom(1952)
  const names = Array.from({ length: 1_000 }, () => makeGuestName(random))
  for (const name of names) {
    assert.match(name, /^[A-Z][a-z]+ [A-Z][a-z]+$/)
    assert.equal(checkName(name), name)
  }
  assert.ok(new Set(names).size > 800)
})
