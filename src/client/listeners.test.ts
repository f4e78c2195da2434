import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeGame, setUp, setUpOpen } from './testing/client-stand.ts'

/** Collects the errors that the host would get as uncaught. */
function catchUncaught(t: TestContext): string[] {
  const uncaught: string[] = []
  t.mock.method(globalThis, 'queueMicrotask', (task: () => void) => {
    try {
      task()
    } catch (error) {
      uncaught.push(String(error))
    }
  })
  return uncaught
}

function fail(): never {
  throw new Error('the host failed')
}

test('[C26] the client works even if the host fails to store the token', async (t) => {
  const uncaught = catchUncaught(t)
  const { client, wire } = setUp({ onToken: fail })
  const asked = client.call('ping')
  wire.welcome()
  assert.equal(client.state.state, 'open')
  wire.answer(wire.hear('ping'), { now: 1 })
  assert.deepEqual(await asked, { now: 1 })
  assert.deepEqual(uncaught, ['Error: the host failed'])
})

test('[C26] a listener that throws does not stop other listeners or moves', async (t) => {
  const uncaught = catchUncaught(t)
  const { client, wire } = setUpOpen({ onUnanswered: fail })
  client.onState(fail)
  client.on('game.changed', fail)
  const opened = client.game('g')
  wire.answer(wire.hear('game.watch'), makeGame())
  const handle = await opened
  const boards: string[] = []
  handle.onChange(fail)
  handle.onChange(({ shown }) => boards.push(shown.board))
  const moved = handle.move(0, 0)
  wire.answer(wire.hear('game.move'), makeGame(3, 'X........'))
  assert.equal((await moved).version, 3)
  wire.say('game.changed', makeGame(4, 'XO.......'))
  assert.equal(handle.view.version, 4)
  assert.deepEqual([boards[0], boards.at(-1)], ['X........', 'XO.......'])
  client.close()
  assert.equal(client.state.state, 'closed')
  assert.ok(uncaught.length >= 5)
})
