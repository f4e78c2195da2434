/**
 * Clocks in real time, on a real disk: flags fall on time, whatever the players send and even if nobody is connected.
 */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from '../src/client/node/index.ts'
import { serveCommand, ServerProcess } from './lib/server-process.ts'

interface Stored {
  readonly at: number
  readonly event: { readonly type: string; readonly elapsedMs?: number }
}

/** Reads the entries of a game from the database file, without the server. */
function readGame(file: string, game: string): readonly Stored[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = database.prepare('SELECT body FROM journal WHERE game = ? ORDER BY version').all(game)
    return rows.map(({ body }) => JSON.parse(String(body)) as Stored)
  } finally {
    database.close()
  }
}

/** The longest delay of a flag on a machine that is busy with other tests, in ms. */
const lateMsMax = 1_500

test('[S30] a flag falls on time although its player keeps offering and withdrawing at the allowed rate', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-clocks-'))
  const file = join(folder.path, 'journal.sqlite')
  const initialMs = 2_000
  await using server = await ServerProcess.start([...serveCommand(file, '--rate-limit', '100')])
  let token = ''
  using ann = connect(server.url, { name: 'Ann', onToken: (given) => (token = given) })
  using bob = connect(server.url, { name: 'Bob' })
  const mine = await ann.create({ clock: { initialMs, incrementMs: 0 } })
  await bob.join(mine.id)
  using tablet = connect(server.url, { token })
  const devices = [ann, tablet]
  for (const end = performance.now() + initialMs + lateMsMax; performance.now() < end; await pause(10))
    for (const device of devices) {
      device.call('game.offer', { game: mine.id, what: 'draw', player: 'X' }).catch(() => {})
      device.call('game.answer', { game: mine.id, what: 'draw', player: 'X', accept: false }).catch(() => {})
    }
  const stored = readGame(file, mine.id)
  assert.equal(stored.at(-1)?.event.type, 'flagged')
  const charged = stored.reduce((sum, { event }) => sum + (event.elapsedMs ?? 0), 0)
  assert.equal(charged, (stored.at(-1)?.at ?? 0) - (stored[1]?.at ?? 0))
  assert.ok(charged >= initialMs && charged < initialMs + lateMsMax, `${charged} ms`)
})

test('[S32] [S33] the downtime of a restart is charged, and a game whose time is up ends although nobody is connected', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-clocks-'))
  const file = join(folder.path, 'journal.sqlite')
  const perMoveMs = 10_000
  let game = ''
  {
    await using server = await ServerProcess.start(serveCommand(file))
    using ann = connect(server.url, { name: 'Ann' })
    using bob = connect(server.url, { name: 'Bob' })
    game = (await ann.create({ clock: { perMoveMs } })).id
    await bob.join(game)
    await (await ann.game(game)).move(1, 1)
  }
  const moved = readGame(file, game).at(-1)
  assert.equal(moved?.event.type, 'moved')
  await pause(1_000)
  await using _server = await ServerProcess.start(serveCommand(file))
  for (const end = performance.now() + 20_000; performance.now() < end; await pause(50))
    if (readGame(file, game).at(-1)?.event.type === 'flagged') break
  const last = readGame(file, game).at(-1)
  assert.equal(last?.event.type, 'flagged')
  const passed = (last?.at ?? 0) - (moved?.at ?? 0)
  assert.ok(passed >= perMoveMs && passed < perMoveMs + lateMsMax, `${passed} ms`)
  assert.equal(last?.event.elapsedMs, passed)
})
