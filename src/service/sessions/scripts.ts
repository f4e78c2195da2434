/**
 * Exceptions for names, because some scripts need them. Each function removes or replaces the parts of a text that are
 * valid, so that the general rules only need to check the rest. Most names need none of these expressions, and
 * compiling one takes up to milliseconds. So each is compiled when a name first needs it, and kept.
 */

const expressions = new Map<string, RegExp>()

function expression(source: string, flags: 'gu' | 'gv'): RegExp {
  const made = expressions.get(source) ?? new RegExp(source, flags)
  expressions.set(source, made)
  return made
}

/** Zero width (non-)joiners. */
const joiner = /[\u200c\u200d]/u

/**
 * Replaces the emoji that Unicode recommends, some parts of which are invisible. Also accepts emoji for which a
 * keyboard omitted the variation selectors or asked for the text form.
 */
export function withoutEmoji(text: string): string {
  const bare = joiner.test(text) ? withoutSequences(text) : text
  return bare.replace(/\p{RGI_Emoji}/gv, '_').replace(/\p{Extended_Pictographic}[\ufe0e\ufe0f]/gu, '_')
}

function withoutSequences(text: string): string {
  const part = '\\p{Emoji}(?:\\p{Emoji_Modifier}|\\ufe0f)?'
  const sequence = expression(`${part}(?:\\u200d${part})+`, 'gu')
  return text.replace(sequence, (found) => (/^\p{RGI_Emoji}$/v.test(qualify(found)) ? '_' : found))
}

/** Adds a variation selector after each part that is text by default. */
function qualify(sequence: string): string {
  return sequence.replace(/(?!\p{Emoji_Presentation})\p{Emoji}(?![\ufe0f\p{Emoji_Modifier}])/gu, '$&\ufe0f')
}

/**
 * Viramas: signs that remove the vowel of a consonant. Joiners next to one choose between forms that look different.
 */
const virama =
  '\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0e3a\\u0f84\\u1039\\u103a\\u17d2\\u1a60' +
  '\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3\\ua806\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed'

/** Letters of joining scripts that do not join to the next letter: a joiner after one shows nothing. */
const rightJoining =
  '\\u0622-\\u0625\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671-\\u0673\\u0675-\\u0677\\u0688-\\u0699\\u06c0\\u06c3-\\u06cb\\u06cd\\u06cf\\u06d2\\u06d3\\u06d5' +
  '\\u06ee\\u06ef\\u0710\\u0715-\\u0719\\u071e\\u0728\\u072a\\u072c\\u072f\\u074d\\u0759-\\u075b\\u076b\\u076c\\u0771\\u0773\\u0774' +
  '\\u0778\\u0779\\u0621\\u0674'

const joining = '(?=\\p{L})[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mandaic}\\p{Script=Adlam}]'

/**
 * Removes the joiners that show nothing because the letters around them do not join anyway. Persian keyboards produce
 * them.
 */
export function dropIdleJoiners(text: string): string {
  if (!joiner.test(text)) return text
  return text.replace(expression(`(?<=[${rightJoining}]\\p{M}*)\\u200c(?=${joining})`, 'gu'), '')
}

/** Removes the joiners that change how the letters around them are drawn, by the rules of RFC 5892 (appendix A). */
export function withoutJoiners(text: string): string {
  if (!joiner.test(text)) return text
  return (
    text
      .replace(expression(`(?<=\\p{L}\\p{M}*[${virama}]\\p{M}*)[\\u200c\\u200d](?![\\u200c\\u200d])`, 'gu'), '')
      // The first of two consonants in an unusual form: Bengali ra before a subjoined ya.
      .replace(expression(`(?<=\\p{L})\\u200d(?=[${virama}]\\p{L})`, 'gu'), '')
      // Letters that would join, and must not.
      .replace(expression(`(?<=(?![${rightJoining}])${joining}\\p{M}*)\\u200c(?=${joining})`, 'gu'), '')
  )
}

/**
 * Removes valid variation selectors, one after a letter that has variants, and the grapheme joiner between Hebrew
 * points.
 */
export function withoutSelectors(text: string): string {
  if (!/\u034f|\u180e|\p{Variation_Selector}/u.test(text)) return text
  return text
    .replace(/(?<=\p{Unified_Ideograph})[\ufe00-\ufe02\u{e0100}-\u{e01ef}](?!\p{M})/gu, '')
    .replace(/(?<=\p{Script=Mongolian})(?<=\p{L})[\u180b-\u180d\u180f](?!\p{M})/gu, '')
    .replace(/(?<=\p{Script=Mongolian})(?<=\p{L})\u180e(?=[\u1820\u1821](?!\p{L}))/gu, '')
    .replace(/(?<=[\u05b0-\u05c7])\u034f(?=[\u05b0-\u05c7])/gu, '')
}

/** How many of its script's own marks a letter may carry above, below and inside itself. */
const stacks: readonly (readonly [most: number, scripts: string])[] = [
  [5, 'Hebrew Tibetan Myanmar Tai_Tham'],
  [
    4,
    'Arabic Syriac Thaana Nko Adlam Samaritan Mandaic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada ' +
      'Malayalam Sinhala Thai Lao Khmer Mongolian Balinese Javanese Sundanese Batak Buginese Cham Limbu Lepcha ' +
      'Meetei_Mayek Saurashtra Kayah_Li Rejang Ol_Chiki Tai_Viet New_Tai_Lue Chakma Newa Tirhuta Siddham Modi Takri ' +
      'Grantha Khojki Khudawadi Sharada Brahmi Kaithi Phags_Pa Ahom Ethiopic Tifinagh Tagalog Hanunoo Buhid Tagbanwa',
  ],
]

/** The most marks of a letter, including spacing marks beside it. */
const marksMax = 7

/** Replaces the letters that carry at most as many marks as their script needs, each mark once. */
export function withoutStacks(text: string): string {
  if (!/\p{M}{3}/u.test(text)) return text
  let rest = text
  for (const [most, scripts] of stacks)
    for (const script of scripts.split(' ')) rest = rest.replace(stackOf(script), (stack) => replaceStack(stack, most))
  return rest
}

function stackOf(script: string): RegExp {
  const own = `\\p{Script_Extensions=${script}}`
  return expression(`[${own}--\\p{M}][${own}&&\\p{M}]{1,${marksMax}}(?!\\p{M})`, 'gv')
}

function replaceStack(stack: string, most: number): string {
  const [, ...marks] = stack
  const stacked = marks.filter((mark) => !/\p{Mc}/u.test(mark)).length
  return stacked <= most && new Set(marks).size === marks.length ? '_' : stack
}
