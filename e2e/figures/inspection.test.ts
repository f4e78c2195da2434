/**
 * A full check of a million entries takes at most 30 s, by `oxo verify` and by a server's thread after an unclean stop.
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

const entries = 1_000_000
const games = 100_000
const msMax = 30_000
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
    assert.deepEqual([whole.code, whole.stdout], [0, 'The journal holds: 1,000,000 entries of 100,000 games.\n'])
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
      promise: `${entries.toLocaleString('en')} entries of ${games.toLocaleString('en')} games are inspected within ${msMax / 1_000} s`,
      test: 'e2e/figures/inspection.test.ts',
      figure,
      command: 'node --test e2e/figures/inspection.test.ts',
      planted: 'the chain of one of the last entries',
      caughtAfter: '1 run',
    })
  },
)

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
