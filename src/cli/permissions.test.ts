import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './testing/command.ts'

test('[J22] the NATS permissions of a node are printed for any name and number of partitions', async () => {
  const { code, stdout } = await run(['cluster', 'permissions', '--name', 'club', '--partitions', '2'])
  assert.equal(code, 0)
  for (const subject of ['club.game.1.>', 'club.live.0.>', '$JS.API.STREAM.LEADER.STEPDOWN.CLUB_1', 'club.node.>'])
    assert.ok(stdout.includes(`"${subject}"`), subject)
  assert.doesNotMatch(stdout, /OXO|DELETE|PURGE\.CLUB_\d/)
})

test('an impossible number of partitions is refused', async () => {
  const { code, stderr } = await run(['cluster', 'permissions', '--partitions', '0'])
  assert.equal(code, 2)
  assert.match(stderr, /1 to 64/)
})
