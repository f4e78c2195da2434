import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../base/index.ts'
import { openTokens } from '../../service/sessions/jwt-tokens.ts'
import { findNextKeys } from './cluster-keys.ts'
import { parseSecrets } from '../../server/token-keys.ts'
import { Stop } from '../../server/stop.ts'

const old = 'the old key of this test is long enough'

/** A cluster whose nodes restart one after the other; each has tokens of its own. */
class Nodes {
  readonly clock = new VirtualClock()
  readonly nodes = ['http://a', 'http://b', 'http://c'].map((url) => ({ url, secrets: [old] as readonly string[] }))

  get keys() {
    return this.nodes.map(({ url, secrets }) => ({ url, keys: parseSecrets(secrets.join(',')).map(({ id }) => id) }))
  }

  /** Asserts that every node accepts tokens that any other node signs now. */
  async check(): Promise<void> {
    const tokens = this.nodes.map(({ secrets }) =>
      openTokens({ keys: parseSecrets(secrets.join(',')), clock: this.clock, lifeMs: 1e9 }),
    )
    for (const signer of tokens) {
      const token = await signer.make({ id: 'ann', name: 'Ann' })
      for (const other of tokens) assert.equal((await other.check(token)).id, 'ann')
    }
  }

  /**
   * Restarts all nodes, one after the other, and asserts that no valid token is ever refused. Calls `between`
   * meanwhile.
   */
  async roll(secrets: readonly string[], between: () => void): Promise<void> {
    for (const node of this.nodes) {
      node.secrets = secrets
      await this.check()
      if (node !== this.nodes.at(-1)) between()
    }
  }
}

const refusal = (what: RegExp) => (cause: unknown) => cause instanceof Stop && what.test(cause.message)

test('[S21] keys are rotated in two steps, and no node ever refuses a valid token', async () => {
  const cluster = new Nodes()
  const { secrets: both } = findNextKeys('add', [old], cluster.keys)
  assert.ok(both !== null)
  assert.equal(both[0], old)
  assert.equal(both.length, 2)
  const early = (): void =>
    assert.throws(
      () => findNextKeys('swap', both, cluster.keys),
      refusal(/^Not yet: http.* do not accept tokens of the key /),
    )
  early()
  await cluster.roll(both, early)
  const { secrets: swapped, said } = findNextKeys('swap', both, cluster.keys)
  assert.deepEqual(swapped, both.toReversed())
  assert.match(said, /400 days/)
  const unfinished = (): void =>
    assert.throws(() => findNextKeys('check', swapped ?? [], cluster.keys), refusal(/do not sign with the key /))
  await cluster.roll(swapped ?? [], unfinished)
  assert.match(findNextKeys('check', swapped ?? [], cluster.keys).said, /^All 3 nodes accept tokens of /)
})

test('[S21] this test detects the old rotation in one step', async () => {
  const cluster = new Nodes()
  await assert.rejects(cluster.roll(['a new key put in front of the old one at once', old], () => {}))
})

test('keys that the nodes do not have are refused, and so is a swap with only one key', () => {
  const { keys } = new Nodes()
  assert.throws(() => findNextKeys('add', ['another key than any of the nodes has got'], keys), refusal(/^Not yet/))
  assert.throws(() => findNextKeys('swap', [old], keys), refusal(/keys add/))
})
