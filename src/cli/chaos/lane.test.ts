import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, VirtualClock } from '../../base/index.ts'
import { Lane } from './lane.ts'
import { calm, type ChaosPlan } from './plan.ts'

/** Records the output of a lane, with times. */
class Scene {
  readonly clock = new VirtualClock()
  readonly out: string[] = []
  readonly lane: Lane

  constructor(plan: Partial<ChaosPlan>, cutAfter: number | null = null) {
    const say = (text: string): void => void this.out.push(`${this.clock.now()} ${text}`)
    this.lane = new Lane({
      plan: { ...calm, ...plan },
      random: seededRandom(plan.seed ?? 1),
      clock: this.clock,
      cutAfter,
      exit: {
        send: (bytes) => say(bytes.toString()),
        cut: (last) => say(`${last.toString()}|`),
        finish: () => say('end'),
        note: () => {},
      },
    })
  }

  say(...messages: readonly string[]): this {
    for (const message of messages) this.lane.push({ bytes: Buffer.from(message), isMessage: true })
    return this
  }
}

test('the calm plan forwards everything at once, in order, and then the end', () => {
  const { lane, out } = new Scene({}).say('a', 'b')
  lane.end()
  assert.deepEqual(out, ['0 a', '0 b', '0 end'])
})

test('a delayed message is late by the drawn delay, and the order is kept', () => {
  const { clock, out, lane } = new Scene({ seed: 3, delayMs: { least: 50, most: 200 } }).say(...'abcdefgh')
  lane.end()
  clock.advance(49)
  assert.equal(out.length, 0)
  clock.advance(151)
  assert.deepEqual(
    out.map((text) => text.split(' ')[1]),
    [...'abcdefgh', 'end'],
  )
  const times = out.map((text) => Number.parseInt(text))
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.ok(new Set(times).size > 2)
})

test('a throttled lane takes time for each byte', () => {
  const { clock, out } = new Scene({ bytesPerSecond: 1_000 }).say('0123456789', 'b', 'c')
  clock.advance(100)
  assert.deepEqual(out, ['0 0123456789', '10 b', '11 c'])
})

test('a duplicate arrives right after the message', () => {
  assert.deepEqual(new Scene({ duplicate: 1 }).say('a', 'b').out, ['0 a', '0 a', '0 b', '0 b'])
})

test('a reordered message is forwarded after the next one, or after a while without one', () => {
  const scene = new Scene({ reorder: 1 }).say('a')
  assert.deepEqual(scene.out, [])
  scene.say('b', 'c')
  assert.deepEqual(scene.out, ['0 b', '0 a'])
  scene.clock.advance(1_000)
  assert.deepEqual(scene.out, ['0 b', '0 a', '100 c'])
  scene.say('d')
  scene.lane.end()
  assert.deepEqual(scene.out.slice(3), ['1000 d', '1000 end'])
})

test('bytes that are not a message are neither duplicated nor reordered', () => {
  const { lane, out } = new Scene({ reorder: 1, duplicate: 1 })
  lane.push({ bytes: Buffer.from('head'), isMessage: false })
  assert.deepEqual(out, ['0 head'])
})

test('a cut ends the lane within a message; nothing follows', () => {
  const { clock, out, lane } = new Scene({ cut: 1 }).say('abcdef', 'g')
  lane.end()
  clock.advance(1_000)
  assert.equal(out.length, 1)
  assert.match(out[0] ?? '', /^0 a?b?c?d?e?f?\|$/)
})

test('a cut at a byte forwards all bytes before it', () => {
  for (const [cutAfter, out] of [
    [0, ['0 |']],
    [2, ['0 ab|']],
    [3, ['0 abc|']],
    [4, ['0 abc', '0 d|']],
    [7, ['0 abc', '0 def']],
  ] as const)
    assert.deepEqual(new Scene({}, cutAfter).say('abc', 'def').out, out, String(cutAfter))
})

test('the same seed gives the same faults, another seed does not', () => {
  const messages = Array.from({ length: 200 }, (_, index) => `${index};`)
  const runOf = (seed: number): readonly string[] => {
    const plan = { seed, delayMs: { least: 0, most: 9 }, duplicate: 0.2, reorder: 0.2, cut: 0.002 }
    const { clock, out, lane } = new Scene(plan).say(...messages)
    lane.end()
    clock.advance(1_000)
    return out
  }
  assert.deepEqual(runOf(7), runOf(7))
  assert.notDeepEqual(runOf(7), runOf(8))
})
