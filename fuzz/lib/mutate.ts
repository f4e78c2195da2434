/** Mutates a corpus into inputs, determined by a seed: cuts, joins, flips bits, repeats and inserts words. */
import { type Random, seededRandom } from '../../src/base/index.ts'

export interface InputSource {
  readonly corpus: readonly Buffer[]
  readonly words: readonly string[]
}

/** A little more than the limit of any message or header. */
const inputBytesMax = 20_000

/** Boundary values. */
const numbers = [
  '0', '-1', '1', '2', '255', '256', '4096', '4097', '8192', '8193', '65535', '65536', '2147483648', '4294967296',
  '9007199254740991', '9007199254740993', '18446744073709551616', '1e400', '-0', '0x10', '00', '1.5', 'NaN',
] // prettier-ignore

/** Texts that are known to break programs. */
const traps = [
  '\0', '\r', '\n', '\r\n', '\r\n\r\n', '\t', ' ', ',', '"', '\\', "'", '{', '}', '[', ']', ':', ';', '%', '%00', '..',
  '/', '%2e%2e%2f', '__proto__', 'constructor', 'hasOwnProperty', 'toString', 'null', 'true', '\\ud800', '\\u0000',
  '\u001b[2J', '\u009b31m', '\u202e', '\u200b', '\ufeff', '\u0301'.repeat(40), '👩‍👩‍👧', 'é', '\ud83d', '<script>', '${x}',
] // prettier-ignore

/** Makes an input that depends only on the source, the seed and the index. */
export function makeInput(source: InputSource, seed: number, index: number): Buffer {
  const random = seededRandom((seed * 0x9e37_79b1 + index * 0x85eb_ca77) | 0)
  let input = pick(random, source.corpus) ?? Buffer.alloc(0)
  const steps = 1 + random.below(6)
  for (let step = 0; step < steps; step++) input = change(input, source, random)
  return input.subarray(0, inputBytesMax)
}

type Change = (input: Buffer, source: InputSource, random: Random) => Buffer

const changes: readonly Change[] = [
  flipBit,
  setByte,
  setByte,
  insertWord,
  insertWord,
  insertWord,
  replaceNumber,
  cutOut,
  cutOff,
  repeat,
  join,
  join,
  insertBytes,
]

function change(input: Buffer, source: InputSource, random: Random): Buffer {
  return (pick(random, changes) ?? flipBit)(input, source, random)
}

function flipBit(input: Buffer, _: InputSource, random: Random): Buffer {
  if (input.length === 0) return input
  const changed = Buffer.from(input)
  const at = random.below(input.length)
  changed[at] = (input[at] ?? 0) ^ (1 << random.below(8))
  return changed
}

function setByte(input: Buffer, _: InputSource, random: Random): Buffer {
  if (input.length === 0) return input
  const changed = Buffer.from(input)
  changed[random.below(input.length)] = random.below(256)
  return changed
}

function insertWord(input: Buffer, { words }: InputSource, random: Random): Buffer {
  const list = pick(random, [words, words, numbers, traps]) ?? words
  const at = random.below(input.length + 1)
  // Sometimes overwrites instead of inserting, so that the text around it keeps its place.
  const word = Buffer.from(pick(random, list) ?? '')
  const end = random.below(3) === 0 ? Math.min(input.length, at + word.length) : at
  return Buffer.concat([input.subarray(0, at), word, input.subarray(end)])
}

function replaceNumber(input: Buffer, _: InputSource, random: Random): Buffer {
  const text = input.toString('latin1')
  const places = [...text.matchAll(/\d+/g)]
  const place = pick(random, places)
  if (place === undefined) return input
  const number = pick(random, numbers) ?? '0'
  return Buffer.from(text.slice(0, place.index) + number + text.slice(place.index + place[0].length), 'latin1')
}

function cutOut(input: Buffer, _: InputSource, random: Random): Buffer {
  const [start, end] = range(input, random)
  return Buffer.concat([input.subarray(0, start), input.subarray(end)])
}

function cutOff(input: Buffer, _: InputSource, random: Random): Buffer {
  return input.subarray(0, random.below(input.length + 1))
}

function repeat(input: Buffer, _: InputSource, random: Random): Buffer {
  const [start, end] = range(input, random)
  const times = pick(random, [1, 1, 1, 2, 2, 3, 3, 8, 8, 20, 200]) ?? 1
  const part = input.subarray(start, end)
  const many = Math.min(times, Math.ceil(inputBytesMax / Math.max(1, part.length)))
  return Buffer.concat([input.subarray(0, end), ...Array.from({ length: many }, () => part), input.subarray(end)])
}

function join(input: Buffer, { corpus }: InputSource, random: Random): Buffer {
  const other = pick(random, corpus) ?? input
  if (random.below(2) === 0) return Buffer.concat([input, other])
  return Buffer.concat([
    input.subarray(0, random.below(input.length + 1)),
    other.subarray(random.below(other.length + 1)),
  ])
}

function insertBytes(input: Buffer, _: InputSource, random: Random): Buffer {
  const at = random.below(input.length + 1)
  return Buffer.concat([input.subarray(0, at), random.bytes(1 + random.below(16)), input.subarray(at)])
}

function range(input: Buffer, random: Random): readonly [number, number] {
  const a = random.below(input.length + 1)
  const b = Math.min(input.length, a + 1 + random.below(32))
  return [a, random.below(4) === 0 ? input.length : b]
}

function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : list[random.below(list.length)]
}
