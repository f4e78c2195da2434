import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { fileBeside, ThreadEnded, WorkerThread } from './index.ts'

class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly fault: string

  constructor(fault: string) {
    super('refused')
    this.fault = fault
  }
}

interface TestMethods {
  add(one: number, other: number): number
  addLater(one: number, other: number): Promise<number>
  refuse(): never
  refuseUnknown(): never
  makeFunction(): void
  throwOutside(): void
  exit(): void
  wait(): void
  idle(): Promise<never>
  closings(counter: Int32Array): void
}

const module = `
  import { serveCalls } from '${import.meta.resolve('./worker-thread.ts')}'
  class Refusal extends Error { name = 'Refusal'; fault = 'full' }
  const cause = Object.assign(new Error('disk'), { code: 13 })
  let counted
  serveCalls({
    add: (one, other) => one + other,
    addLater: async (one, other) => { await new Promise(setImmediate); return one + other },
    refuse() { throw new Refusal('refused', { cause }) },
    refuseUnknown() { throw cause },
    makeFunction: () => () => {},
    throwOutside: () => void setImmediate(() => { throw new Error('outside') }),
    exit: () => process.exit(3),
    wait: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
    idle: () => new Promise(() => {}),
    closings: (counter) => { counted = counter },
  }, () => counted && Atomics.add(counted, 0, 1))`

function start(t: TestContext): WorkerThread<TestMethods> {
  const file = new URL(`data:text/javascript,${encodeURIComponent(module)}`)
  const thread = new WorkerThread<TestMethods>(file, { name: 'test', errors: [Refusal] })
  t.after(() => thread.terminate())
  return thread
}

test('a call gets the result of its method', async (t) => {
  const thread = start(t)
  const sum = thread.call('add', 1, 2)
  assert.equal(thread.inFlight, 1)
  assert.equal(await sum, 3)
  assert.equal(thread.inFlight, 0)
})

test('many calls are answered in their order, also if a method takes longer', async (t) => {
  const thread = start(t)
  const order: number[] = []
  const calls = Array.from({ length: 10_000 }, async (_, i) => {
    order.push(await (i % 100 === 0 ? thread.call('addLater', i, 0) : thread.call('add', i, 0)))
  })
  await Promise.all(calls)
  assert.deepEqual(order, [...calls.keys()])
})

test('an error of a method keeps its class, message, fields and cause, and the thread continues', async (t) => {
  const thread = start(t)
  await assert.rejects(thread.call('refuse'), (error) => {
    assert.ok(error instanceof Refusal && error.cause instanceof Error)
    assert.deepEqual([error.message, error.fault, error.cause.message], ['refused', 'full', 'disk'])
    return true
  })
  await assert.rejects(thread.call('refuseUnknown'), { name: 'Error', message: 'disk', code: 13 })
  await assert.rejects(thread.call('makeFunction'), { name: 'DataCloneError' })
  assert.equal(await thread.call('add', 1, 2), 3)
})

const ends = {
  throwOutside: { message: 'the thread ended: outside', cause: new Error('outside') },
  exit: { message: 'the thread ended', cause: undefined },
} as const

for (const method of ['throwOutside', 'exit'] as const)
  test(`calls reject when the thread ends by itself: ${method}`, async (t) => {
    const thread = start(t)
    const first = thread.call(method)
    const second = thread.call('idle')
    first.catch(() => {})
    await assert.rejects(second, { name: 'ThreadEnded', ...ends[method] })
    assert.ok((await thread.ended) instanceof ThreadEnded)
    await assert.rejects(thread.call('add', 1, 2), ThreadEnded)
    await thread.close()
  })

test('a closed thread answers earlier calls, runs onClose once, and ends', async (t) => {
  const thread = start(t)
  const counter = new Int32Array(new SharedArrayBuffer(4))
  await thread.call('closings', counter)
  const calls = [thread.call('addLater', 1, 2), thread.call('add', 3, 4)]
  const closing = Promise.all([thread.close(), thread.close()])
  const late = assert.rejects(thread.call('add', 5, 6), ThreadEnded)
  assert.deepEqual(await Promise.all(calls), [3, 7])
  await Promise.all([closing, late])
  assert.equal(counter[0], 1)
})

test('a terminated thread ends during a call, which rejects', async (t) => {
  const thread = start(t)
  await thread.call('add', 1, 2)
  const waiting = assert.rejects(thread.call('wait'), ThreadEnded)
  await thread.terminate()
  await waiting
})

test('a module finds a file beside it, from the sources and compiled', () => {
  assert.equal(fileBeside('file:///src/a/one.ts', 'two').href, 'file:///src/a/two.ts')
  assert.equal(fileBeside('file:///dist/a/one.js', 'two').href, 'file:///dist/a/two.js')
})
