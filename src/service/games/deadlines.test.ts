import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, VirtualClock } from '../../base/index.ts'
import { Deadlines } from './deadlines.ts'

test('[S33] games are woken in order of time, each once, when its newest deadline is due', () => {
  const clock = new VirtualClock()
  const random = seededRandom(7)
  const woken: (readonly [game: string, at: number])[] = []
  const deadlines = new Deadlines(clock, (game) => woken.push([game, clock.now()]))
  const wanted = new Map<string, number>()
  for (let step = 0; step < 5_000; step++) {
    const game = `g${random.below(500)}`
    if (random.below(5) === 0) {
      deadlines.clear(game)
      wanted.delete(game)
    } else {
      const at = 1 + random.below(10_000)
      deadlines.set(game, at)
      wanted.set(game, at)
    }
  }
  assert.equal(deadlines.size, wanted.size)
  clock.advance(20_000)
  const byTime = [...wanted].toSorted(([, a], [, b]) => a - b)
  assert.deepEqual(
    woken.map(([, at]) => at),
    byTime.map(([, at]) => at),
  )
  assert.deepEqual(
    new Set(woken.map(([game, at]) => `${game} ${at}`)),
    new Set(byTime.map(([game, at]) => `${game} ${at}`)),
  )
  assert.equal(deadlines.size, 0)
})

test('[S33] a postponed deadline is waited for again, and one in the past is due at once', () => {
  const clock = new VirtualClock()
  const woken: string[] = []
  const deadlines = new Deadlines(clock, (game) => {
    woken.push(`${game} ${clock.now()}`)
    if (game === 'again' && woken.length < 3) deadlines.set(game, clock.now() + 10)
  })
  deadlines.set('late', 100)
  deadlines.set('again', 50)
  clock.advance(40)
  deadlines.set('late', 200)
  clock.advance(500)
  deadlines.set('past', 1)
  clock.advance(0)
  assert.deepEqual(woken, ['again 50', 'again 60', 'again 70', 'late 200', 'past 540'])
  deadlines.set('never', 600)
  deadlines.close()
  deadlines.set('never', 600)
  clock.advance(500)
  assert.equal(woken.length, 5)
})
