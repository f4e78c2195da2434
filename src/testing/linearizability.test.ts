import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../base/index.ts'
import { checkLinearizable, type Model, type Operation } from './linearizability.ts'

type Input = { readonly set: number } | { readonly swap: readonly [number, number] } | 'get'
/** The value of a get, or whether a write took place. */
type Output = number | boolean

/** A register with compare-and-set; its states are numbers. */
const register: Model<number, Input, Output> = {
  initial: 0,
  step(state, input, output) {
    if (input === 'get') return output === undefined || output === state ? [state] : []
    if ('set' in input) return [input.set]
    const [from, to] = input.swap
    if (output !== undefined && output !== (state === from)) return []
    return [state === from ? to : state]
  },
  isRead: (input) => input === 'get',
}

/** An operation that was invoked at `from` and returned at `to`. */
function did(input: Input, from: number, to: number, output: Output): Operation<Input, Output> {
  return { input, output, invoked: from, returned: to }
}
function lost(input: Input, from: number): Operation<Input, Output> {
  return { input, invoked: from, returned: Infinity }
}

const good: Readonly<Record<string, readonly Operation<Input, Output>[]>> = {
  'an empty history': [],
  'one after the other': [
    did({ set: 1 }, 0, 1, true),
    did('get', 2, 3, 1),
    did({ set: 2 }, 4, 5, true),
    did('get', 6, 7, 2),
  ],
  'a read concurrent with a write, ordered before it': [did({ set: 1 }, 0, 9, true), did('get', 1, 2, 0)],
  'a read concurrent with a write, ordered after it': [did({ set: 1 }, 0, 9, true), did('get', 1, 2, 1)],
  'two concurrent writes, seen in either order': [
    did({ set: 1 }, 0, 9, true),
    did({ set: 2 }, 1, 8, true),
    did('get', 2, 3, 2),
    did('get', 4, 5, 1),
  ],
  'exactly one of two racing swaps': [did({ swap: [0, 1] }, 0, 5, false), did({ swap: [0, 2] }, 1, 4, true)],
  'an unknown write that never happened': [lost({ set: 7 }, 0), did('get', 5, 6, 0)],
  'an unknown write that happened late': [lost({ set: 7 }, 0), did('get', 5, 6, 0), did('get', 7, 8, 7)],
  'an unknown swap that explains a refused one': [lost({ swap: [0, 1] }, 0), did({ swap: [0, 2] }, 3, 4, false)],
  'a return and an invocation at the same time overlap': [did({ set: 1 }, 0, 1, true), did('get', 1, 2, 0)],
}
for (const [name, history] of Object.entries(good)) {
  test(`good: ${name}`, () => assert.equal(checkLinearizable(register, history).type, 'linearizable'))
}

const bad: Readonly<Record<string, readonly Operation<Input, Output>[]>> = {
  'a read of what was never written': [did({ set: 1 }, 0, 1, true), did('get', 2, 3, 5)],
  'a stale read': [did({ set: 1 }, 0, 1, true), did('get', 2, 3, 0)],
  'a lost write': [did({ set: 1 }, 0, 1, true), did({ set: 2 }, 2, 3, true), did('get', 4, 5, 1)],
  'two reads that see two writes in different orders': [
    did({ set: 1 }, 0, 9, true),
    did({ set: 2 }, 0, 9, true),
    did('get', 10, 11, 1),
    did('get', 12, 13, 2),
  ],
  'a value that appears and disappears': [did({ set: 1 }, 0, 9, true), did('get', 1, 2, 1), did('get', 3, 4, 0)],
  'both of two racing swaps': [did({ swap: [0, 1] }, 0, 5, true), did({ swap: [0, 2] }, 1, 4, true)],
  'an unknown write seen before it was asked for': [did('get', 0, 1, 7), lost({ set: 7 }, 2)],
  'an unknown write that happened twice': [
    lost({ set: 7 }, 0),
    did('get', 1, 2, 7),
    did({ set: 1 }, 3, 4, true),
    did('get', 5, 6, 7),
  ],
}
for (const [name, history] of Object.entries(bad)) {
  test(`bad: ${name}`, () => assert.equal(checkLinearizable(register, history).type, 'violated'))
}

test('a violation names the explained operations and those that cannot come next', () => {
  const write = did({ set: 1 }, 0, 1, true)
  const stale = did('get', 2, 3, 0)
  const verdict = checkLinearizable(register, [stale, write])
  assert.deepEqual(verdict, { type: 'violated', order: [write], stuck: [stale] })
})

test('an order keeps operations that returned before those invoked later', () => {
  const history = [did({ set: 2 }, 4, 5, true), did('get', 6, 7, 2), did({ set: 1 }, 0, 1, true), did('get', 2, 3, 1)]
  const verdict = checkLinearizable(register, history)
  assert.ok(verdict.type === 'linearizable')
  assert.deepEqual(
    verdict.order.map(({ invoked }) => invoked),
    [0, 2, 4, 6],
  )
})

test('a read that may lag is explained by an older state, but not by a state that never existed', () => {
  const options = { mayMiss: (later: Operation<Input, Output>) => later.input === 'get' }
  const write = did({ set: 1 }, 0, 1, true)
  assert.equal(checkLinearizable(register, [write, did('get', 2, 3, 0)], options).type, 'linearizable')
  assert.equal(checkLinearizable(register, [write, did('get', 2, 3, 5)], options).type, 'violated')
})

test('a search that takes too long is undecided', () => {
  const racing = Array.from({ length: 20 }, (_, index) => did({ set: index }, 0, 9, true))
  assert.equal(checkLinearizable(register, [...racing, did('get', 10, 11, 99)], { stepsMax: 1_000 }).type, 'undecided')
})

/** Makes a history by executing operations at random moments within their intervals. */
function perform(seed: number): Operation<Input, Output>[] {
  const random = seededRandom(seed)
  const plans = Array.from({ length: 12 }, () => {
    const invoked = random.below(60)
    const at = invoked + random.below(12) + 0.5
    return { invoked, at, returned: at + random.below(12) + 0.25, draw: random.below(5), value: random.below(3) }
  }).toSorted((a, b) => a.at - b.at)
  let value = 0
  return plans.map(({ invoked, at, returned, draw, value: drawn }) => {
    const input: Input = draw < 2 ? 'get' : draw === 2 ? { set: drawn } : { swap: [value, drawn] }
    const isLost = input !== 'get' && random.below(4) === 0
    if (isLost && random.below(2) === 0) return lost(input, invoked)
    const output = input === 'get' ? value : true
    if (input !== 'get') value = 'set' in input ? input.set : input.swap[1]
    return isLost ? lost(input, invoked) : { ...did(input, invoked, Math.max(returned, at), output) }
  })
}

/** Tries every order: slow, but simple enough to be obviously correct. */
function isExplained(state: number, left: readonly Operation<Input, Output>[]): boolean {
  if (left.every(({ output }) => output === undefined)) return true
  return left.some((next) => {
    if (left.some(({ returned }) => returned < next.invoked)) return false
    const others = left.filter((other) => other !== next)
    return register.step(state, next.input, next.output).some((after) => isExplained(after, others))
  })
}

test('executed histories are linearizable, and changed answers get the same verdict as from trying every order', () => {
  let violated = 0
  for (let seed = 1; seed <= 300; seed++) {
    const history = perform(seed)
    assert.equal(checkLinearizable(register, history).type, 'linearizable', `seed ${seed}`)
    const changed = history
      .slice(0, 7)
      .map((operation, index) =>
        index === seed % 7 && operation.input === 'get' ? { ...operation, output: (seed >> 3) % 3 } : operation,
      )
    const expected = isExplained(0, changed) ? 'linearizable' : 'violated'
    assert.equal(checkLinearizable(register, changed).type, expected, `seed ${seed}, changed`)
    if (expected === 'violated') violated++
  }
  assert.ok(violated > 20, `${violated} changed histories were bad`)
})
