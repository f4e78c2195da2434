/** Display names: which names are allowed, and the names that guests get. */
import type { Random } from '../../base/index.ts'
import { levels } from '../../game/index.ts'
import { Fault, limits } from '../../protocol/index.ts'
import { dropIdleJoiners, withoutEmoji, withoutJoiners, withoutSelectors, withoutStacks } from './scripts.ts'

/** What makes a text unsafe to show, and the message for it; checked in this order. */
const problems: readonly (readonly [RegExp, string])[] = [
  [/\p{Cs}/u, 'a name may not contain half a character (a lone surrogate)'],
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'a name may not contain control characters or line breaks'],
  [/\p{Bidi_Control}/u, 'a name may not contain characters that change the direction of writing'],
  // Format characters, invisible fillers, the blank Braille cell.
  [/[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u, 'a name may not contain invisible characters'],
  [/[\p{Co}\p{Noncharacter_Code_Point}]/u, 'a name may not contain private-use characters'],
  [/^\p{M}/u, 'a name may not start with a combining mark'],
  [/\p{M}{3}/u, 'a name may not contain more than 2 combining marks in a row, except those its script needs'],
]

/** Names that clients show for others than people: the reader of the page, and the bots. */
const reserved = new Set(['you', ...levels.map((level) => `${level} bot`)])

/**
 * Checks a name and returns it as it will be shown: in NFC, trimmed, without joiners that show nothing, and with single
 * spaces inside. Its length counts code points without marks and joiners, so that all clients count alike and every
 * script has the same room.
 * @throws Fault 'bad-name' with the reason.
 */
export function checkName(text: string): string {
  const spaced = text.replace(/\p{Zs}+/gu, ' ').replace(/^ | $/g, '')
  const name = dropIdleJoiners(spaced.normalize('NFC'))
  const bare = withoutStacks(withoutSelectors(withoutJoiners(withoutEmoji(name))))
  for (const [pattern, sentence] of problems) if (pattern.test(bare)) throw new Fault('bad-name', sentence)
  const { length } = [...name.replace(/[\p{M}\u200c\u200d]/gu, '')]
  if (length === 0) throw new Fault('bad-name', 'a name needs at least one visible character')
  if (length > limits.nameCharactersMax)
    throw new Fault('bad-name', `a name has at most ${limits.nameCharactersMax} characters; this one has ${length}`)
  if ([...name].length > limits.nameCodePointsMax)
    throw new Fault('bad-name', `a name has at most ${limits.nameCodePointsMax} characters with its marks`)
  if (reserved.has(name.normalize('NFKC').toLowerCase()))
    throw new Fault('bad-name', 'this name means somebody else on every page: choose another one')
  return name
}

const manners =
  'Amber Ancient Arctic Autumn Bold Brave Bright Brisk Calm Clever Coastal Copper Coral Curious Daring Dapper Eager Early ' +
  'Fabled Gentle Golden Happy Hidden Honest Humble Jolly Keen Kind Lively Lucky Lunar Merry Mighty Misty Modest Noble ' +
  'Northern Patient Plucky Polar Proud Quick Quiet Rapid Royal Rustic Sable Silent Silver Snowy Solar Spry Steady Sunny ' +
  'Swift Tidy Velvet Vivid Wandering Warm Wild Winter Wise Witty'
const animals =
  'Badger Bear Beaver Bison Bittern Buzzard Cheetah Cormorant Crane Curlew Deer Dolphin Dormouse Eagle Egret Ermine Falcon ' +
  'Ferret Finch Fox Gecko Goose Hare Hawk Hedgehog Heron Ibex Jackdaw Kestrel Kite Lark Lemur Leopard Linnet Lion Lynx ' +
  'Magpie Marmot Marten Mole Moose Newt Nuthatch Osprey Otter Owl Panda Panther Pelican Plover Puffin Quail Raven Robin ' +
  'Salmon Seal Sparrow Stork Swan Tapir Tiger Toad Walrus Wolf'
const firstWords = manners.split(' ')
const lastWords = animals.split(' ')

/** Two words, such as 'Quiet Otter': easy to say, and one of some thousands. Not unique; the account's id is. */
export function makeGuestName(random: Random): string {
  const first = firstWords[random.below(firstWords.length)]
  const last = lastWords[random.below(lastWords.length)]
  return `${first} ${last}`
}
