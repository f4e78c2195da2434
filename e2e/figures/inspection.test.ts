/**
 * A full check of a million entries takes at most 30 s, by `oxo verify` and by a server's thread after an unclean stop.
 * By default a fifth of them in a fifth of the time; `OXO_INSPECTED=1000000` checks them all.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Damage } from '../../src/journal/sqlite/inspect.ts'
import { Inspection } from '../../src/journal/sqlite/inspection.ts'
import { recordFinding } from '../lib/record.ts'
import { writeGames } from '../lib/long-board.ts'
import { program } from '../lib/server-process.ts'

const entries = Number(process.env['OXO_INSPECTED'] ?? 200_000)
const games = entries / 10
/** 30 s for a million; a short run may spend 5 s on the start alone. */
const msMax = 5_000 + (25_000 * entries) / 1_000_000
const testMsMax = 300_000
/** An entry of one of the last games to be checked, far before the entries that opening a journal verifies. */
const damaged = { game: `game-${games - 200}`, version: 9 }

test(
  `[J18] ${entries} entries are inspected within ${msMax} ms, and damage near their end is found`,
  { timeout: testMsMax },
  async (t) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-inspection-'))
    const file = join(folder.path, 'journal')
    writeGames(file, { games, entries })

    const whole = await verify(file)
    assert.deepEqual(
      [whole.code, whole.stdout],
      [0, `The journal holds: ${show(entries)} entries of ${show(games)} games.\n`],
    )
    damage(file)
    const broken = await verify(file)
    assert.equal(broken.code, 1)
    assert.match(broken.stdout, new RegExp(`^game ${damaged.game}, entry ${damaged.version}.*\\n$`))

    // In a thread of low priority, as a server does it after an unclean stop.
    const inspection = new Inspection(file, true)
    const began = performance.now()
    const found = await new Promise<Damage>((resolve) => inspection.start(resolve))
    const foundMs = performance.now() - began
    await inspection.stop()
    assert.deepEqual([found.game, found.version], [damaged.game, damaged.version])
    const figure = `oxo verify ${(whole.ms / 1_000).toFixed(1)} s; in a server’s thread ${(foundMs / 1_000).toFixed(1)} s`
    t.diagnostic(figure)
    assert.ok(whole.ms < msMax && foundMs < msMax, figure)
    recordFinding('inspection', {
      promise: `${show(entries)} entries of ${show(games)} games are inspected within ${msMax / 1_000} s`,
      test: 'e2e/figures/inspection.test.ts',
      figure,
      command: 'OXO_INSPECTED=1000000 node --test e2e/figures/inspection.test.ts',
      planted: 'the chain of one of the last entries',
      caughtAfter: '1 run',
    })
  },
)

function show(count: number): string {
  return count.toLocaleString('en')
}

interface Verified {
  readonly code: number
  readonly stdout: string
  readonly ms: number
}

function verify(file: string): Promise<Verified> {
  const began = performance.now()
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, 'verify', '--journal', `sqlite:${file}`], (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout, ms: performance.now() - began }),
    )
  })
}

function damage(file: string): void {
  using database = new DatabaseSync(file)
  const { changes } = database
    .prepare(
      'UPDATE entry SET chain = zeroblob(16) WHERE version = ? AND game = (SELECT number FROM game WHERE id = ?)',
    )
    .run(damaged.version, damaged.game)
  assert.equal(changes, 1)
}
