import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradeAll } from './grade-class.ts'

test('a class is graded some at a time, never two with the same port, and in its order', async () => {
  const items = [5000, null, 5000, null, 6000].map((port, index) => ({ port, index }))
  const running = new Set<(typeof items)[number]>()
  let most = 0
  const graded = await gradeAll(items, {
    jobs: 3,
    portOf: ({ port }) => port,
    signal: new AbortController().signal,
    async grade(item) {
      assert.ok(item.port === null || [...running].every(({ port }) => port !== item.port))
      running.add(item)
      most = Math.max(most, running.size)
      for (let turn = 0; turn < 5 - item.index; turn++) await Promise.resolve()
      running.delete(item)
      return item.index
    },
  })
  assert.deepEqual(graded, [0, 1, 2, 3, 4])
  assert.equal(most, 3)
})

test('after an interruption no other submission is begun', async () => {
  const interruption = new AbortController()
  const graded = await gradeAll([1, 2, 3], {
    jobs: 1,
    portOf: () => null,
    signal: interruption.signal,
    async grade(item) {
      if (item === 2) interruption.abort()
      return item
    },
  })
  assert.deepEqual(graded, [1, 2])
})
