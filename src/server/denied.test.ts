import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { leaveOut } from '../../e2e/lib/left-out.ts'
import { sayWhyNotMount, MemoryFolder } from '../../e2e/lib/mounts.ts'
import { spawnSync } from 'node:child_process'
import { findProgram } from '../../tools/check/programs.ts'
import { openServer } from './open.ts'
import { mainFile, run } from '../cli/testing/command.ts'
import { openScratch } from './testing/scratch.ts'

const nobody = 65_534

/** Runs `oxo serve` as a user other than root. */
function serveAs(uid: number, args: readonly string[], cwd: string): string {
  const who = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const command = [...who, process.execPath, mainFile, 'serve', '--port', '0', ...args]
  // Coverage would be written into a folder of root. Node passes the variable on even if it is omitted, so it is empty.
  const env = { ...process.env, NODE_V8_COVERAGE: '' }
  const { stderr, status } = spawnSync('setpriv', command, { cwd, env, encoding: 'utf8', timeout: 20_000 })
  assert.equal(status, 1, stderr)
  return stderr
}

test('a folder that the journal cannot use is named, with its owner and what to do', async (t) => {
  if (leaveOut(t, process.getuid?.() === 0 ? null : 'It starts servers as another user: run it as root.')) return
  using scratch = openScratch()
  chmodSync(scratch.folder, 0o755)
  const data = scratch.path('data')
  const journal = `sqlite:${data}/j`
  const owned = (what: string) =>
    new RegExp(`${what} belongs to root:root with mode 0\\d00, and \\S+ may not write to it`)
  // As in a container image whose folder belongs to root, without a flag.
  const inImage = serveAs(nobody, [], scratch.folder)
  assert.match(
    inImage,
    /belongs to root:root .*install -d -m 0700 -o \S+ \S+\/oxo-data`.*--journal.*OXO_JOURNAL.*volume\)\.\n$/,
  )
  // Files that root has created or restored.
  await (await openServer({ port: 0, journal, pages: false })).close()
  chownSync(data, nobody, nobody)
  const restored = serveAs(nobody, ['--journal', journal], scratch.folder)
  assert.match(restored, owned(`${data}/j`))
  assert.match(restored, new RegExp(`chown \\S+ ${data}/j\\*`))
  for (const file of ['j', 'j.catalog', 'j.lock']) chownSync(`${data}/${file}`, nobody, nobody)
  assert.match(
    serveAs(nobody, ['--journal', journal], scratch.folder),
    /data\/secret belongs to root:root .* may not read it/,
  )
  chownSync(`${data}/secret`, nobody, nobody)
  chmodSync(data, 0o500)
  assert.match(serveAs(nobody, ['--journal', journal], scratch.folder), /with mode 0500, .*chmod u\+rwX/)
  chownSync(data, 0, 0)
  chmodSync(data, 0o755)
  assert.match(serveAs(nobody, ['--journal', journal], scratch.folder), /data belongs to root:root with mode 0755/)
})

test('a read-only folder, and a path that is not a folder, are named', async (t) => {
  if (leaveOut(t, sayWhyNotMount('tmpfs'))) return
  using folder = new MemoryFolder(4_096)
  mkdirSync(`${folder.path}/data`)
  writeFileSync(`${folder.path}/file`, '')
  assert.equal(spawnSync(findProgram('mount'), ['-o', 'remount,ro', folder.path]).status, 0)
  for (const [file, sentence] of [
    ['data/j', /data is on a read-only file system\. Either mount it writable/],
    ['more/data/j', /is on a read-only file system/],
    ['file/j', /file is not a folder/],
  ] as const) {
    const { code, stderr } = await run(['serve', '--port', '0', '--journal', `sqlite:${folder.path}/${file}`])
    assert.equal(code, 1)
    assert.match(stderr, sentence)
    assert.match(stderr, /--journal sqlite:FILE/)
  }
})
