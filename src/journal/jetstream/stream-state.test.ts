import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stateOf, type StreamAnswer } from './stream-state.ts'

const second = 1e9
const reachable = { active: second / 2 }
const silent = { active: 4 * second }
const offline = { active: second / 2, offline: true }

function infoWith(replicas?: NonNullable<StreamAnswer['cluster']>['replicas']): StreamAnswer {
  const found = { state: { last_seq: 7 }, created: '2026-01-01T00:00:00Z' }
  return replicas === undefined ? found : { ...found, cluster: { replicas } }
}

const cases = [
  ['a server alone', undefined, true],
  ['a leader without other servers', [], true],
  ['three servers', [reachable, reachable], true],
  ['three servers, one silent', [reachable, silent], true],
  ['three servers, two silent', [silent, silent], false],
  ['three servers, one silent and one offline', [silent, offline], false],
  ['five servers, two silent', [reachable, reachable, silent, silent], true],
  ['five servers, three silent', [reachable, silent, offline, silent], false],
] as const
for (const [title, replicas, hasMajority] of cases)
  test(`[J10] ${title}: the leader ${hasMajority ? 'has' : 'does not have'} a majority`, () => {
    assert.deepEqual(stateOf(infoWith(replicas)), { end: 7, created: '2026-01-01T00:00:00Z', hasMajority })
  })

test('[J10] a missing stream is gone; any other error tells nothing about the stream', () => {
  assert.equal(stateOf({ error: { err_code: 10_059 } }), 'gone')
  assert.equal(stateOf({ error: { err_code: 10_008 } }), null)
  assert.equal(stateOf({}), null)
})
