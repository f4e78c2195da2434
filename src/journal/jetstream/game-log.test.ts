import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chainStart, verifyEntries } from '../chain.ts'
import { sha256Chain } from '../../base/node/index.ts'
import { GameLog, noHead } from './game-log.ts'
import { Message } from './message.ts'

/** A message of the game `a`, chained to `previous`. */
function message(sequence: number, version: number, body: string, previous: Pick<Message, 'chain'> | null): Message {
  const chain = sha256Chain(previous?.chain ?? chainStart, version, body)
  return new Message({ sequence, game: 'a', version, body, chain, append: `${body} was appended` })
}

function take(...messages: readonly Message[]): { readonly log: GameLog; readonly entries: readonly Message[] } {
  const log = new GameLog()
  return { log, entries: messages.filter((each) => log.take(each)) }
}

const bodies = (entries: readonly Message[]): readonly string[] => entries.map(({ body }) => body)

const one = message(1, 1, 'one', null)
const ada = message(4, 2, 'by Ada', one)
const bob = message(6, 2, 'by Bob', one)

test('[J11] of two messages with the same version the first is the entry; the token is the sequence of the second', () => {
  const { log, entries } = take(one, ada, bob)
  assert.deepEqual(bodies(entries), ['one', 'by Ada'])
  assert.deepEqual(log.head, { version: 2, chain: ada.chain, token: 6 })
})

test('[J11] a message that follows a void message is void, and the game continues after its entry', () => {
  const follower = message(7, 3, 'after Bob', bob)
  const second = message(8, 4, 'further after Bob', follower)
  const right = message(9, 3, 'after Ada', ada)
  const { log, entries } = take(one, ada, bob, follower, second, right)
  assert.deepEqual(bodies(entries), ['one', 'by Ada', 'after Ada'])
  assert.equal(verifyEntries(entries), null)
  assert.equal(log.head.token, 9)
})

test('[J6] [J11] a message that follows nothing is corrupt', () => {
  for (const wrong of [
    message(9, 3, 'x', one),
    message(9, 4, 'x', ada),
    new Message({ ...message(9, 3, 'x', ada), body: 'y' }),
  ])
    assert.throws(() => take(one, ada, bob, wrong), { fault: 'corrupt' })
})

test('[J6] the chain that a message was made for is accepted without a hash, and no other', () => {
  const unhashed = new Message({ ...one, chain: 'a chain that no hash gives' })
  assert.ok(!unhashed.follows(chainStart))
  unhashed.isMadeFor(chainStart)
  assert.ok(unhashed.follows(chainStart) && !unhashed.follows(one.chain))
})

test('[J11] a log continues after a known head', () => {
  const log = new GameLog(take(one, ada).log.head)
  const entries = [bob, message(9, 3, 'after Ada', ada)].filter((each) => log.take(each))
  assert.deepEqual(bodies(entries), ['after Ada'])
  assert.equal(new GameLog().head, noHead)
})
