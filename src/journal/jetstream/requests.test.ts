import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NatsConnection } from '@nats-io/transport-node'
import { VirtualClock } from '../../base/index.ts'
import { answerMsMax, leftoverMsMax } from './limits.ts'
import { Requests } from './requests.ts'

/** Makes requests to servers that accept everything and answer nothing. */
function openRequests(clock: VirtualClock): Requests {
  const connection: Partial<NatsConnection> = {
    publish: () => {},
    isClosed: () => false,
    subscribe: () => ({ unsubscribe: () => {} }) as ReturnType<NatsConnection['subscribe']>,
  }
  return new Requests(connection as NatsConnection, clock, () => undefined)
}

test('[J4] requests sent before an election are soon lost, later ones are not', async () => {
  const clock = new VirtualClock()
  const requests = openRequests(clock)
  const lost: string[] = []
  const ask = (name: string): void => void requests.ask(name, '').then(() => lost.push(name))
  ask('long before')
  clock.advance(leftoverMsMax)
  ask('just before')
  requests.leaderChanged()
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
