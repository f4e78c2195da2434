import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NatsConnection } from '@nats-io/transport-node'
import { VirtualClock } from '../../base/index.ts'
import { answerMsMax, leftoverMsMax } from './limits.ts'
import { Mailbox } from './mailbox.ts'

/** Servers that take everything and answer nothing. */
function openMailbox(clock: VirtualClock): Mailbox {
  const deaf: Partial<NatsConnection> = {
    publish: () => {},
    subscribe: () => ({ unsubscribe: () => {} }) as ReturnType<NatsConnection['subscribe']>,
  }
  return new Mailbox(deaf as NatsConnection, clock)
}

test('[J4] what was asked of a leader before the election is lost at once, what was asked since is not', async () => {
  const clock = new VirtualClock()
  const mailbox = openMailbox(clock)
  const before = mailbox.ask('first', '')
  clock.advance(leftoverMsMax)
  let isLost = false
  const since = mailbox.ask('second', '').then((answer) => {
    isLost = true
    return answer
  })
  mailbox.doubt()
  assert.equal(await before, 'lost')
  assert.equal(isLost, false)
  clock.advance(answerMsMax * 2)
  assert.equal(await since, 'lost')
  mailbox.close()
})
