/** Backup while playing, and the same games elsewhere: exports of a journal whose server plays on. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../src/cli/testing/command.ts'
import { program, ServerProcess } from './server-process.ts'
import { record } from './lib/record.ts'
import { accountAt, Witness } from './witness.ts'

const playersAtOnce = 6
const exports = 4

const serve = (file: string): readonly string[] =>
  [program, 'serve', '--port', '0', '--log-level', 'silent', '--rate-limit', '0'].concat([
    '--journal',
    `sqlite:${file}`,
  ])

/** Players of one game after the other, until they are stopped. */
class Crowd implements AsyncDisposable {
  readonly witnesses = new Map<string, Witness>()
  readonly #playing: Promise<unknown>
  #isStopped = false

  constructor(server: ServerProcess) {
    this.#playing = Promise.all(Array.from({ length: playersAtOnce }, (_, seat) => this.#play(server, seat)))
  }

  /** What has been acknowledged in each game so far. */
  acknowledged(): ReadonlyMap<string, number> {
    return new Map([...this.witnesses].map(([game, { acknowledged }]) => [game, acknowledged]))
  }

  get total(): number {
    return [...this.witnesses.values()].reduce((sum, { acknowledged }) => sum + acknowledged, 0)
  }

  /** Resolves when each has finished the game that it plays. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#playing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #play(server: ServerProcess, seat: number): Promise<void> {
    for (let round = 0; !this.#isStopped; round++) {
      const game = `seat-${seat}-${round}`
      const witness = new Witness(game)
      this.witnesses.set(game, witness)
      await witness.play(server)
    }
  }
}

/** Of every game how many entries an export has. */
function countEntries(file: string): ReadonlyMap<string, number> {
  const versions = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const { game, version } = line === '' ? {} : JSON.parse(line)
    if (game !== undefined) versions.set(game, version)
  }
  return versions
}

/** Games of which an export lacks what was acknowledged before it began. */
function findLost(file: string, before: ReadonlyMap<string, number>): readonly string[] {
  const exported = countEntries(file)
  return [...before].flatMap(([game, acknowledged]) => {
    const found = exported.get(game) ?? 0
    return found < acknowledged ? [`${game}: ${acknowledged} acknowledged, ${found} exported`] : []
  })
}

async function oxo(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(args)
  assert.equal(code, 0, stderr)
}

test('[X4] [X6] every export of a journal that is played on holds what was acknowledged before it, and moves to another journal', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  await using server = await ServerProcess.start(serve(path('journal.sqlite')))
  await using crowd = new Crowd(server)
  let acknowledged = 0
  let during = 0
  for (let round = 0; round < exports; round++) {
    const before = crowd.acknowledged()
    const total = crowd.total
    await oxo('export', path(`export-${round}`), '--journal', `sqlite:${path('journal.sqlite')}`)
    acknowledged += total
    during += crowd.total - total
    assert.deepEqual(findLost(path(`export-${round}`), before), [])
    await oxo('import', '--check', path(`export-${round}`))
  }
  assert.ok(during > 0 && acknowledged > 0, 'nobody played')
  await crowd.stop()
  // The first export takes in the rest, and becomes another journal.
  await oxo('export', path('export-0'), '--continue', '--journal', `sqlite:${path('journal.sqlite')}`)
  await oxo('import', path('export-0'), '--journal', `sqlite:${path('moved.sqlite')}`)
  await using moved = await ServerProcess.start(serve(path('moved.sqlite')))
  for (const [game, witness] of crowd.witnesses) {
    assert.deepEqual(await accountAt(moved, witness.account), [])
    const [here, there] = await Promise.all([server, moved].map(({ port }) => readGame(port, game)))
    assert.equal(there, here)
  }
  record('backup', {
    promise: 'a backup while playing holds what was acknowledged before it began',
    test: 'e2e/backup.test.ts',
    figure: `${exports} exports, ${during} moves meanwhile, 0 lost`,
    command: 'node --test e2e/backup.test.ts',
  })
})

async function readGame(port: number, game: string): Promise<string> {
  const headers = { Accept: 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${port}/games/${game}`, { headers })
  assert.equal(answer.status, 200)
  return answer.text()
}

test('a copy of the file alone, while its server plays, is caught', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-backup-'))
  const path = (name: string): string => join(folder.path, name)
  await using server = await ServerProcess.start(serve(path('journal.sqlite')))
  const witness = new Witness('game')
  await witness.play(server)
  copyFileSync(path('journal.sqlite'), path('copy.sqlite'))
  await oxo('export', path('export'), '--journal', `sqlite:${path('copy.sqlite')}`)
  const lost = findLost(path('export'), new Map([['game', witness.acknowledged]]))
  assert.match(lost.join(), /^game: 601 acknowledged, \d+ exported$/)
  record('backup', { planted: 'a copy of the journal without its log', caughtAfter: '1 game' })
})
