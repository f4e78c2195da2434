import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { PresenceTimer } from './presence-timer.ts'

function setUp() {
  const clock = new VirtualClock()
  const told: number[] = []
  const calls = Array.from({ length: 200 }, (_, game) => ({ announce: () => void told.push(game) }))
  return { clock, told, calls, announcements: new PresenceTimer<string>(clock) }
}

test('[N2] games that change within one interval are announced at its end, each once', () => {
  const { clock, told, calls, announcements } = setUp()
  const [first, second] = calls
  assert.ok(first !== undefined && second !== undefined)
  announcements.add(first)
  clock.advance(100)
  announcements.add(second)
  announcements.add(first)
  clock.advance(149)
  assert.deepEqual(told, [])
  clock.advance(1)
  assert.deepEqual(told, [0, 1])
  clock.advance(1_000)
  assert.deepEqual(told, [0, 1])
})

test('[N2] one that is removed is not announced, and the last one takes the timer with it', () => {
  const { clock, told, calls, announcements } = setUp()
  const [first, second] = calls
  assert.ok(first !== undefined && second !== undefined)
  announcements.add(first)
  announcements.add(second)
  announcements.remove(first)
  clock.advance(250)
  assert.deepEqual(told, [1])
  announcements.add(first)
  announcements.remove(first)
  announcements.add(second)
  clock.advance(249)
  assert.deepEqual(told, [1])
})

test('[W23] many are announced a few at a time, all of them, in order', () => {
  const { clock, told, calls, announcements } = setUp()
  for (const call of calls) announcements.add(call)
  clock.after(250, () => told.push(-1))
  clock.advance(250)
  assert.equal(told.indexOf(-1), 64)
  assert.deepEqual(
    told.filter((game) => game >= 0),
    calls.map((_, game) => game),
  )
})

test('[N2] one that changes while it is announced is announced again, an interval later', () => {
  const { clock, announcements } = setUp()
  let times = 0
  const restless = {
    announce: (): void => {
      times++
      announcements.add(restless)
    },
  }
  announcements.add(restless)
  clock.advance(250)
  assert.equal(times, 1)
  clock.advance(500)
  assert.equal(times, 3)
  announcements.remove(restless)
  clock.advance(500)
  assert.equal(times, 3)
})

test('[N2] a listener of several games hears of them in one turn, in order, however many games there are', () => {
  const clock = new VirtualClock()
  const announcements = new PresenceTimer<string>(clock)
  const heard: string[] = []
  for (let game = 0; game < 200; game++)
    announcements.add({
      announce: (tell) => {
        tell('both', (who) => void heard.push(`${who} ${game}`))
        if (game % 2 === 0) tell('even', (who) => void heard.push(`${who} ${game}`))
      },
    })
  clock.advance(250)
  const games = Array.from({ length: 200 }, (_, game) => game)
  assert.deepEqual(heard, [
    ...games.map((game) => `both ${game}`),
    ...games.filter((game) => game % 2 === 0).map((game) => `even ${game}`),
  ])
})

test('[W23] many who are told of one game are told a few at a time', () => {
  const clock = new VirtualClock()
  const announcements = new PresenceTimer<number>(clock)
  let heard = 0
  announcements.add({
    announce: (tell) => {
      for (let listener = 0; listener < 200; listener++) tell(listener, () => void heard++)
    },
  })
  let atFirst = 0
  clock.after(250, () => (atFirst = heard))
  clock.advance(250)
  assert.equal(atFirst, 64)
  assert.equal(heard, 200)
})
