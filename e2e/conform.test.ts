/** `oxo conform`: this server conforms, and servers with a planted bug fail with the rule that they break. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { mainFile, run } from '../src/cli/testing/command.ts'
import { conform, type Conformance } from '../src/conformance/conform.ts'
import { openServer, type Server } from '../src/server/open.ts'
import { BadServer, lineBugs } from './lib/bad-server.ts'

let server: Server
before(async () => (server = await openServer({ port: 0, journal: 'memory', rateLimit: 0 })))
after(() => server.close())

interface Published {
  readonly message: string
  readonly protocols: readonly string[]
  readonly failed: number
  readonly notChecked: number
  readonly passed: number
}

test('[K1] [K4] this server conforms over four protocols, and the file to publish says so', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-conform-'))
  const file = join(folder.path, 'conformance.json')
  const { code, stdout, stderr } = await run(['conform', server.url, '--json', file])
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /conforms over lines, websocket, http, text\.\n$/)
  const published = JSON.parse(readFileSync(file, 'utf8')) as Published
  assert.deepEqual(published.protocols, ['lines', 'websocket', 'http', 'text'])
  assert.match(published.message, /^conforms/)
  assert.deepEqual([published.failed, published.notChecked > 0], [0, true])
})

test('[K3] with --start nothing is left unchecked', async () => {
  const start = `exec ${process.execPath} ${mainFile} serve --port {port} --journal memory --no-pages --rate-limit 0 --log-level silent`
  const { code, stdout, stderr } = await run(['conform', '--start', start])
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, / 0 not checked\n/)
  assert.doesNotMatch(stdout, /[1-9]\d* not checked/)
})

for (const [name, bug] of Object.entries(lineBugs))
  test(`[K1] [K2] a server with this bug fails and names ${bug.rule}: ${name}`, async () => {
    await using bad = await BadServer.open(server, bug)
    const conformance = (await conform({
      place: bad.place,
      patience: 150,
      startEmpty: null,
      protocols: ['lines'],
    })) as Conformance
    const failed = conformance.results.filter(({ outcome }) => outcome === 'failed')
    assert.ok(failed.length > 0)
    assert.ok(
      failed.some(({ rules }) => rules.includes(bug.rule)),
      JSON.stringify(failed, null, 2),
    )
    for (const { id, reason = '' } of failed)
      assert.ok(!id.startsWith('text') && reason.length > 10, `${id}: ${reason}`)
  })

test('[K2] the exit code is 1 if something failed, with the rules and what differs', async () => {
  await using bad = await BadServer.open(server, lineBugs['wrong error code'])
  const { code, stdout } = await run(['conform', `http://127.0.0.1:${bad.place.port}`, '--patience', '150'])
  assert.equal(code, 1)
  assert.match(stdout, /^FAILED lines: transcript \w+: .*\[P3\]$/m)
  assert.match(stdout, /\.error\.code should be 4092 and is 4091/)
  assert.match(stdout, /does not conform/)
})

test('[K2] the exit code is 2 if no server answers, none is named, or it does not start', async () => {
  const closed = await openServer({ port: 0, journal: 'memory' })
  await closed.close()
  for (const args of [[closed.url, '--patience', '300'], [], ['--start', 'exit 3']]) {
    const { code, stderr } = await run(['conform', ...args])
    assert.equal(code, 2, stderr)
    assert.match(stderr, /\S/)
  }
})
