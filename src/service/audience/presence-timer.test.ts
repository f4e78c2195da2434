import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { PresenceTimer } from './presence-timer.ts'

function setUp() {
  const clock = new VirtualClock()
  const notified: number[] = []
  const calls = Array.from({ length: 200 }, (_, game) => ({ announce: () => void notified.push(game) }))
  return { clock, notified, calls, announcements: new PresenceTimer<string>(clock) }
}

test('[N2] games that change within one interval are announced at its end, each once', () => {
  const { clock, notified, calls, announcements } = setUp()
  const [first, second] = calls
  assert.ok(first !== undefined && second !== undefined)
  announcements.add(first)
  clock.advance(100)
  announcements.add(second)
  announcements.add(first)
  clock.advance(149)
  assert.deepEqual(notified, [])
  clock.advance(1)
  assert.deepEqual(notified, [0, 1])
  clock.advance(1_000)
  assert.deepEqual(notified, [0, 1])
})

test('[N2] a removed game is not announced, and removing the last one cancels the timer', () => {
  const { clock, notified, calls, announcements } = setUp()
  const [first, second] = calls
  assert.ok(first !== undefined && second !== undefined)
  announcements.add(first)
  announcements.add(second)
  announcements.remove(first)
  clock.advance(250)
  assert.deepEqual(notified, [1])
  announcements.add(first)
  announcements.remove(first)
  announcements.add(second)
  clock.advance(249)
  assert.deepEqual(notified, [1])
})

test('[W23] many games are announced a few at a time, all of them, in order', () => {
  const { clock, notified, calls, announcements } = setUp()
  for (const call of calls) announcements.add(call)
  clock.after(250, () => notified.push(-1))
  clock.advance(250)
  assert.equal(notified.indexOf(-1), 64)
  assert.deepEqual(
    notified.filter((game) => game >= 0),
    calls.map((_, game) => game),
  )
})

test('[N2] a game that changes while it is announced is announced again an interval later', () => {
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

test('[N2] a listener of several games is notified in one turn, in order, however many games there are', () => {
  const clock = new VirtualClock()
  const announcements = new PresenceTimer<string>(clock)
  const received: string[] = []
  for (let game = 0; game < 200; game++)
    announcements.add({
      announce: (tell) => {
        tell('both', (who) => void received.push(`${who} ${game}`))
        if (game % 2 === 0) tell('even', (who) => void received.push(`${who} ${game}`))
      },
    })
  clock.advance(250)
  const games = Array.from({ length: 200 }, (_, game) => game)
  assert.deepEqual(received, [
    ...games.map((game) => `both ${game}`),
    ...games.filter((game) => game % 2 === 0).map((game) => `even ${game}`),
  ])
})

test('[W23] many listeners of one game are notified a few at a time', () => {
  const clock = new VirtualClock()
  const announcements = new PresenceTimer<number>(clock)
  let received = 0
  announcements.add({
    announce: (tell) => {
      for (let listener = 0; listener < 200; listener++) tell(listener, () => void received++)
    },
  })
  let atFirst = 0
  clock.after(250, () => (atFirst = received))
  clock.advance(250)
  assert.equal(atFirst, 64)
  assert.equal(received, 200)
})
