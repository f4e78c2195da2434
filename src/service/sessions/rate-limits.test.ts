import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom, VirtualClock } from '../../base/index.ts'
import { limits as defaults, type Limits } from '../../protocol/index.ts'
import { costOf, costs } from './costs.ts'
import { RateLimits } from './rate-limits.ts'

function make(own: Partial<Limits> = {}): { readonly clock: VirtualClock; readonly rates: RateLimits } {
  const clock = new VirtualClock()
  const limits = { ...defaults, requestsPerSecond: 1e6, requestBurst: 1e6, ...own }
  return { clock, rates: new RateLimits({ clock, random: seededRandom(1952), limits }) }
}

/** Sends `count` requests, each on a connection of its own. Returns how many are served. */
function sendRequests(rates: RateLimits, addresses: (index: number) => string, units: number, count: number): number {
  let served = 0
  for (let index = 0; index < count; index++) if (rates.allowance(addresses(index)).pay(units) === 0) served++
  return served
}

const small = { addressUnitsPerSecond: 100, addressUnitBurst: 200, accountUnitsPerSecond: 10, accountUnitBurst: 20 }

test('[S43] a new connection has what is left for its address, and no more', () => {
  const { clock, rates } = make(small)
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 1, 1_000),
    200,
  )
  assert.equal(
    sendRequests(rates, () => '192.0.2.2', 1, 1_000),
    200,
    'another address has its own',
  )
  clock.advance(1_000)
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 10, 1_000),
    10,
    'a request of ten units counts ten times',
  )
})

test('[S43] an IPv6 network with a 64-bit prefix is one address', () => {
  const { rates } = make(small)
  assert.equal(
    sendRequests(rates, (index) => `2001:db8:1:2::${index.toString(16)}`, 1, 1_000),
    200,
  )
  assert.equal(
    sendRequests(rates, (index) => `2001:db8:1:3::${index.toString(16)}`, 1, 1_000),
    200,
  )
})

test('[S43] an account has one rate over all its addresses and connections, and a refused request costs nothing', () => {
  const { clock, rates } = make(small)
  const pay = (address: string): number => {
    const allowance = rates.allowance(address)
    allowance.belongsTo('ann')
    return allowance.pay(1)
  }
  const waits = Array.from({ length: 100 }, (_, index) => pay(`192.0.2.${index}`))
  assert.equal(waits.filter((waitMs) => waitMs === 0).length, 20)
  assert.equal(
    sendRequests(rates, () => '192.0.2.50', 1, 1_000),
    200,
    'an address whose account was refused has not paid',
  )
  clock.advance(1_000)
  assert.equal(pay('192.0.2.1'), 0)
})

test('[S43] the number of buckets is fixed, and no used bucket is forgotten, however many addresses there are', () => {
  const { rates } = make({ ...small, rateBuckets: 64 })
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 1, 200),
    200,
  )
  const addresses = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  assert.ok(sendRequests(rates, addresses, 1, 100_000) <= 64 * 200)
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 1, 200),
    0,
  )
})

test('[S43] with many addresses almost every address has a bucket of its own', () => {
  const { rates } = make(small)
  for (let index = 0; index < 1_000; index++) sendRequests(rates, () => `10.0.${index >> 8}.${index & 255}`, 1, 300)
  const honest = Array.from({ length: 1_000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`)
  const hurt = honest.filter((address) => rates.allowance(address).pay(1) > 0)
  assert.ok(hurt.length < 40, `${hurt.length} of 1,000`)
})

test('[S43] in no interval does an address get more than its length and one burst allow, however it connects', () => {
  const steps = fc.array(
    fc.record({ pauseMs: fc.nat(300), units: fc.constantFrom(1, 3, 10, 20), isNew: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 300,
    },
  )
  fc.assert(
    fc.property(steps, (taken) => {
      const { clock, rates } = make(small)
      let allowance = rates.allowance('192.0.2.1')
      let spent = 0
      for (const { pauseMs, units, isNew } of taken) {
        clock.advance(pauseMs)
        if (isNew) allowance = rates.allowance('192.0.2.1')
        if (allowance.pay(units) === 0) spent += units
        assert.ok(spent <= 200 + clock.now() / 10 + 1e-3)
      }
    }),
    { seed: 1952, numRuns: 300 },
  )
})

test('[S43] 0 requests a second lifts all rates', () => {
  const { rates } = make({ ...small, requestsPerSecond: 0 })
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 20, 10_000),
    10_000,
  )
})

test('[S43] 0 units a second lifts the rate of addresses, and no other', () => {
  const { rates } = make({ ...small, requestsPerSecond: 10, requestBurst: 5, addressUnitsPerSecond: 0 })
  assert.equal(
    sendRequests(rates, () => '192.0.2.1', 20, 10_000),
    10_000,
    'connections of their own',
  )
  const allowance = rates.allowance('192.0.2.1')
  assert.equal(Array.from({ length: 100 }, () => allowance.pay(1)).filter((waitMs) => waitMs === 0).length, 5)
})

test('[S43] the cost depends on the method; a bot costs extra, an unknown method the least', () => {
  assert.equal(costOf('game.create', { rules: 'tictactoe' }), costs['game.create'])
  assert.ok(costOf('game.create', { opponent: { bot: 'casual' } }) > costs['game.create'])
  for (const method of ['__proto__', 'constructor', 'toString', '', 'nothing']) assert.equal(costOf(method, null), 1)
  assert.ok(Object.values(costs).every((units) => units <= defaults.accountUnitBurst / 100))
})

test('[S43] an address that is refused all the time is disconnected, and its next connection waits', () => {
  const { clock, rates } = make({ ...small, addressRefusalsPerSecond: 10, addressRefusalBurst: 5 })
  const allowance = rates.allowance('192.0.2.1')
  const answers = Array.from({ length: 8 }, () => allowance.mayBeRefused())
  assert.deepEqual(answers, [true, true, true, true, true, false, false, false])
  const waitMs = rates.allowance('192.0.2.1').payForConnection()
  assert.ok(waitMs > 0)
  assert.equal(rates.allowance('192.0.2.2').payForConnection(), 0)
  clock.advance(waitMs)
  assert.equal(rates.allowance('192.0.2.1').payForConnection(), 0)
})
