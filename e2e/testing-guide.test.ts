/** Every example of docs/TESTING.md runs unchanged, with the published package. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openServer, type Server } from '../src/server/open.ts'
import { runToEnd } from './lib/program.ts'

const root = join(import.meta.dirname, '..')
const guide = readFileSync(join(root, 'docs/TESTING.md'), 'utf8')
const examples = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)

let server: Server
before(async () => (server = await openServer({ port: 0, journal: 'memory' })))
after(() => server.close())

test('the guide has an example of each tool', () => {
  assert.equal(examples.length, 4)
  for (const name of ['checkLinearizable', 'GameHistory', 'journalContract', 'StubTransport', 'VirtualClock'])
    assert.ok(
      examples.some((code) => code.includes(name)),
      name,
    )
})

for (const [index, code] of examples.entries())
  test(`example ${index + 1} of docs/TESTING.md runs`, async () => {
    // Inside the repository, so that `oxo` resolves to this package.
    mkdirSync(join(root, 'coverage'), { recursive: true })
    using folder = mkdtempDisposableSync(join(root, 'coverage', 'guide-'))
    const file = join(folder.path, 'example.ts')
    writeFileSync(file, code)
    const ended = await runToEnd([process.execPath, file], { OXO_SERVER: server.url.replace('http', 'ws') })
    assert.equal(ended.code, 0, `${ended.stdout}${ended.stderr}`)
    // The example's own tests must have run, otherwise they could not fail.
    if (code.includes("'node:test'")) assert.match(ended.stdout, /pass [1-9]\d/)
  })
