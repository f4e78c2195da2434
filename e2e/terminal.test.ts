/**
 * The promise of the README: friends play in two terminals, the server is killed during the game, and they continue.
 */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pass } from 'node:timers/promises'
import { Terminal } from '../src/cli/testing/terminal.ts'
import { isWithoutTerminals } from './lib/left-out.ts'
import { serveCommand, ServerProcess } from './lib/server-process.ts'

/** Timeout in ms; the game takes ten seconds. */
const timeout = 120_000

test(
  'two terminals continue after their server was killed, with the move that was made meanwhile',
  { timeout },
  async (t) => {
    if (isWithoutTerminals(t)) return
    using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
    const file = join(folder.path, 'journal.sqlite')
    const env = { XDG_CONFIG_HOME: folder.path }
    const first = await ServerProcess.start(serveCommand(file))
    using ann = new Terminal(['play', first.url], env, t.signal)
    const [link = ''] =
      /http:\S+\/games\/[\w-]{22}/.exec(await ann.until(/oxo play http:\S+\/games\/[\w-]{22}\s/)) ?? []
    using bob = new Terminal(['play', link], env, t.signal)
    await Promise.all([ann.until(/Your move\./), bob.until(/is to move\./)])
    ann.type('0 0\r')
    await bob.until(/Last: X at 0,0/)

    await first.kill()
    await Promise.all([ann.until(/no connection, next attempt in/), bob.until(/no connection, next attempt in/)])
    bob.type('0 1\r')
    await bob.until(/Not confirmed yet/)

    await using second = await ServerProcess.start([...serveCommand(file), '--port', String(first.port)])
    await ann.until(/Your move\.[^]*Last: O at 0,1/)
    ann.type('1 0\r')
    await bob.until(/Last: X at 1,0/)
    bob.type('1 1\r')
    await ann.until(/Last: O at 1,1/)
    ann.type('2 0\r')
    await Promise.all([ann.until(/You won/), bob.until(/You lost/)])
    const answer = await fetch(new URL(new URL(link).pathname, second.url), { headers: { accept: 'application/json' } })
    const { board } = (await answer.json()) as { readonly board: string }
    assert.equal(board, 'XXXOO....')
    for (const terminal of [ann, bob]) {
      terminal.type('q')
      assert.equal(await terminal.ended(), 0)
    }
  },
)

/** The processes of a server on this journal. */
function pidsOn(file: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readCommand(pid).includes(file))
    .map(Number)
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

test('[W18] a server whose terminal is closed ends, although nobody can read its log', { timeout }, async (t) => {
  if (isWithoutTerminals(t)) return
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-'))
  const journal = `sqlite:${join(folder.path, 'journal.sqlite')}`
  using terminal = new Terminal(['serve', '--port', '0', '--journal', journal], {}, t.signal)
  await terminal.until(/listening/)
  assert.ok(pidsOn(journal).length > 0)
  terminal[Symbol.dispose]()
  let left = pidsOn(journal)
  for (let times = 0; left.length > 0 && times < 100; times++) {
    await pass(100)
    left = pidsOn(journal)
  }
  for (const pid of left) process.kill(pid, 'SIGKILL')
  assert.deepEqual(left, [])
})
