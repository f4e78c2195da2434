import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NatsConnection } from '@nats-io/transport-node'
import { VirtualClock } from '../../base/index.ts'
import { answerMsMax, leftoverMsMax } from './limits.ts'
import { Requests } from './requests.ts'

/** Servers that take everything and answer nothing. */
function openRequests(clock: VirtualClock): Requests {
  const deaf: Partial<NatsConnection> = {
    publish: () => {},
    isClosed: () => false,
    subscribe: () => ({ unsubscribe: () => {} }) as ReturnType<NatsConnection['subscribe']>,
  }
  return new Requests(deaf as NatsConnection, clock, () => undefined)
}

test('[J4] what was asked of a leader before the election is lost soon, what was asked since is not', async () => {
  const clock = new VirtualClock()
  const requests = openRequests(clock)
  const lost: string[] = []
  const ask = (name: string): void => void requests.ask(name, '').then(() => lost.push(name))
  ask('long before')
  clock.advance(leftoverMsMax)
  ask('just before')
  requests.doubt()
  await settled()
  assert.deepEqual(lost, ['long before'])
  clock.advance(leftoverMsMax / 2)
  ask('since')
  clock.advance(leftoverMsMax / 2)
  await settled()
  assert.deepEqual(lost, ['long before', 'just before'])
  clock.advance(answerMsMax * 2)
  await settled()
  assert.deepEqual(lost, ['long before', 'just before', 'since'])
  requests.close()
})

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
