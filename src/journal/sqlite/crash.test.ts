import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { seededRandom } from '../../base/index.ts'
import { readWhole } from '../contract/claim.ts'
import { openSqliteJournal } from './index.ts'

const index = new URL('./index.ts', import.meta.url).href

/** The program of a process that plays eight endless games and prints each acknowledged version. */
const player = `
  import { openSqliteJournal } from ${JSON.stringify(index)}
  const [file, round] = process.argv.slice(1)
  const journal = await openSqliteJournal({ file })
  const play = async (game) => {
    for (let version = 0; ; version++) {
      if ((await journal.append(game, version, game + ' ' + (version + 1))) !== 'stored') throw new Error('conflict')
      // Waits until the line is written: a full pipe would keep lines in this process.
      await new Promise((written) => process.stdout.write(game + ' ' + (version + 1) + '\\n', written))
    }
  }
  for (let seat = 0; seat < 8; seat++) play('round-' + round + '-' + seat)
`

test('[J4] a process killed at any moment loses no acknowledged entry', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'oxo-journal-'))
  const file = join(folder.path, 'journal')
  const random = seededRandom(9)
  for (let round = 0; round < 6; round++) {
    const args = ['--input-type=module', '--eval', player, file, String(round)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const acknowledged = new Map<string, number>()
    const enough = 1 + random.below(3000)
    let received = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const [game = '', version] = line.split(' ')
      acknowledged.set(game, Number(version))
      if (++received === enough) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    assert.equal(child.signalCode, 'SIGKILL')

    const journal = await openSqliteJournal({ file })
    for (const [game, version] of acknowledged) {
      const entries = await readWhole(journal, game)
      assert.ok(entries.length >= version, `${game}: ${version} acknowledged, ${entries.length} stored`)
      assert.ok(entries.length <= version + 1, `${game}: ${entries.length - version} more than asked for`)
      assert.deepEqual(
        entries.map(({ body }) => body),
        entries.map((entry) => `${game} ${entry.version}`),
      )
    }
    await journal.close()
  }
})
