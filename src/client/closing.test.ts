import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp, setUpOpen, type ClientStand } from './testing/client-stand.ts'

/** The states in which a client may be closed, each with the timers that it may have then. */
const moments: Readonly<Record<string, () => ClientStand>> = {
  dialling: () => setUp(),
  open: () => setUpOpen(),
  'with a ping unanswered': () => {
    const stage = setUpOpen()
    stage.clock.advance(20_000)
    return stage
  },
  waiting: () => {
    const stage = setUpOpen()
    stage.wire.cut()
    return stage
  },
  'while a refused request waits': () => {
    const stage = setUpOpen()
    stage.client.call('ping').catch(() => {})
    stage.wire.refuse(stage.wire.hear('ping'), 'rate-limited', { retryAfterMs: 500 })
    return stage
  },
  'while the server is closing': () => {
    const stage = setUpOpen()
    stage.wire.say('server.closing', { reason: 'upgrade', reconnectInMs: 1_000 })
    return stage
  },
}

for (const [moment, begin] of Object.entries(moments))
  test(`[W35] [C14] a client that is closed ${moment} leaves no timer, and neither dials nor sends`, async () => {
    const { client, clock, wire } = begin()
    const asked = client.call('game.move', { game: 'g', x: 0, y: 0 })
    client.lobby().catch(() => {})
    client.close()
    await assert.rejects(asked)
    assert.equal(clock.waiting, 0)
    const { dials } = wire
    client.wake()
    await assert.rejects(client.call('ping'), { name: 'unavailable' })
    clock.advance(3_600_000)
    assert.deepEqual([wire.dials, wire.isConnected, clock.waiting, client.state.state], [dials, false, 0, 'closed'])
  })

test('[W35] a client closed by its own state listener stays closed', () => {
  for (const closeAt of ['connecting', 'open', 'waiting']) {
    const { client, clock, wire } = setUp()
    client.onState(({ state }) => {
      if (state === closeAt) client.close()
    })
    wire.welcome()
    if (wire.isConnected) wire.cut()
    clock.advance(60_000)
    assert.deepEqual([client.state.state, clock.waiting], ['closed', 0], closeAt)
  }
})
