import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MsgHdrsImpl } from '@nats-io/nats-core/internal'
import type { Msg } from '@nats-io/transport-node'
import type { PendingRequest, Requests } from './requests.ts'
import { makeHeaders } from './message.ts'
import { type AppendResult, Publisher } from './publisher.ts'

/** Servers that send the answers that the test gives, and record what was sent. */
class FakeServers {
  /** Subjects; a `+` at the end marks those that belong to a batch. */
  readonly sent: string[] = []
  readonly #open: PendingRequest[] = []

  readonly requests = {
    publish: (subject: string) => void this.sent.push(`${subject}+`),
    send: (request: PendingRequest) => {
      const headers = request.headers as MsgHdrsImpl
      this.sent.push(`${request.subject}${headers.toString().includes('Nats-Batch-Commit') ? '+' : ''}`)
      this.#open.push(request)
    },
  } as unknown as Requests

  /** Answers the oldest open request. */
  async answer(answer: object): Promise<void> {
    this.#open.shift()?.answer({ json: () => answer } as Msg)
    await new Promise(setImmediate)
  }

  async lose(): Promise<void> {
    this.#open.shift()?.failed('lost')
    await new Promise(setImmediate)
  }
}

/** Sends an append of each game at once. The promises resolve with the answers. */
function sendAll(publisher: Publisher, games: readonly string[]): readonly Promise<AppendResult>[] {
  const entry = { version: 1, chain: 'c', append: 'a' }
  return games.map(
    (subject) =>
      new Promise((answered) =>
        publisher.send({ subject, payload: '', headers: (place) => makeHeaders(entry, 0, place), answered }),
      ),
  )
}

const games = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

test('[J4] the first appends are sent alone; appends that come meanwhile are sent as one batch, in order', async () => {
  const servers = new FakeServers()
  const answers = sendAll(new Publisher({ requests: servers.requests, hasBatches: true, id: 'node' }), games)
  assert.deepEqual(servers.sent, ['a', 'b'])
  await servers.answer({ seq: 7 })
  assert.deepEqual(servers.sent, ['a', 'b', 'c+', 'd+', 'e+', 'f+', 'g+'])
  await servers.answer({ seq: 9 })
  await servers.answer({ seq: 15 })
  const stored = (await Promise.all(answers)).map((answer) =>
    answer.type === 'stored' ? answer.sequence : answer.type,
  )
  assert.deepEqual(stored, [7, 9, 11, 12, 13, 14, 15])
})

test('[J2] a refused batch stores nothing, and each of its appends is sent alone', async () => {
  const servers = new FakeServers()
  const answers = sendAll(new Publisher({ requests: servers.requests, hasBatches: true, id: 'node' }), games)
  await servers.answer({ seq: 1 })
  await servers.answer({ seq: 2 })
  await servers.answer({ error: { err_code: 10_071, description: 'wrong last sequence: 5' } })
  assert.deepEqual(servers.sent.slice(7), ['c', 'd', 'e', 'f', 'g'])
  await servers.answer({ seq: 3 })
  await servers.answer({ error: { err_code: 10_071, description: 'wrong last sequence: 5' } })
  for (const seq of [6, 7, 8]) await servers.answer({ seq })
  const types = (await Promise.all(answers)).map(({ type }) => type)
  assert.deepEqual(types, ['stored', 'stored', 'stored', 'conflict', 'stored', 'stored', 'stored'])
})

test('[J4] a batch without an answer is lost for each of its appends', async () => {
  const servers = new FakeServers()
  const answers = sendAll(new Publisher({ requests: servers.requests, hasBatches: true, id: 'node' }), games)
  await servers.answer({ seq: 1 })
  await servers.answer({ seq: 2 })
  await servers.lose()
  assert.deepEqual(
    (await Promise.all(answers)).slice(2).map(({ type }) => type),
    ['lost', 'lost', 'lost', 'lost', 'lost'],
  )
})
