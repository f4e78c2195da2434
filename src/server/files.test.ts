import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { openServer } from './open.ts'
import { environment, mainFile, run } from '../cli/testing/command.ts'
import { openScratch } from './testing/scratch.ts'

test('an unusable file is reported in one sentence, the same for every command', async () => {
  using scratch = openScratch()
  const { folder } = scratch
  const source = `sqlite:${scratch.path('journal.sqlite')}`
  await (await openServer({ port: 0, journal: source })).close()
  mkdirSync(scratch.path('other/secret'), { recursive: true })
  const serve = ['serve', '--port', '0', '--journal'] as const
  const nothing = scratch.path('nothing')
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['verify', nothing], `There is no file ${nothing}.`],
    [['verify', folder], `${folder} is a folder: name a file.`],
    [['import', '--check', nothing], `There is no file ${nothing}.`],
    [['import', '--check', folder], `${folder} is a folder: name a file.`],
    [['export', folder, '--continue', '--journal', source], `${folder} is a folder: name a file.`],
    [['export', folder, '--journal', source], `${folder} is a folder: name a file.`],
    [['export', `${nothing}/x`, '--journal', source], `There is no folder ${nothing}: create it, or name another.`],
    [[...serve, 'memory', '--tls-cert', nothing, '--tls-key', nothing], `There is no file ${nothing}.`],
    [[...serve, 'memory', '--tls-cert', folder, '--tls-key', folder], `${folder} is a folder: name a file.`],
    [[...serve, `sqlite:${scratch.path('other/j')}`], `${scratch.path('other/secret')} is a folder: name a file.`],
  ]
  const ends = await Promise.all(cases.map(([args]) => run(args)))
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    const [args = [], sentence = ''] = cases[index] ?? []
    assert.deepEqual([code, stdout, stderr], [1, '', `${sentence}\n`], args.join(' '))
  }
})

test('a full disk under the output is a failure, unlike a closed pipe', async () => {
  await using server = await openServer({ port: 0, journal: 'memory' })
  for (const args of [
    ['record', 'main', server.url, '--json'],
    ['games', server.url],
    ['watch', 'main', server.url],
  ]) {
    const command = ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, mainFile, ...args]
    const child = spawn('sh', command, { env: environment({}), stdio: ['ignore', 'ignore', 'pipe'] })
    const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)])
    assert.deepEqual([code, stderr], [1, 'Standard output cannot be written (ENOSPC).\n'], args.join(' '))
  }
})
