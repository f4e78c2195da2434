/** The examples work as they say, with a real server. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openServer, type Server } from '../src/server/open.ts'
import { sayWhatIsMissing } from '../tools/check/programs.ts'
import { leaveOut } from './lib/left-out.ts'
import type { CommandEnd } from '../src/cli/testing/command.ts'
import { runToEnd } from './lib/program.ts'

let server: Server
before(async () => (server = await openServer({ port: 0, journal: 'memory' })))
after(() => server.close())

function assertDone({ code, stdout, stderr }: CommandEnd, expected: RegExp): void {
  assert.equal(code, 0, stderr)
  assert.match(stdout, expected)
}

test('the bash client plays on the open board through nc', async (t) => {
  if (leaveOut(t, sayWhatIsMissing('nc'))) return
  const ended = await runToEnd(['bash', 'examples/nc.sh', server.host, String(server.port)])
  assertDone(ended, /^(?:WIN X|DRAW)/)
})

test('two TypeScript bots meet in the lobby', async () => {
  const command = [process.execPath, 'examples/bot.ts', server.url]
  const [one, other] = await Promise.all([runToEnd(command), runToEnd(command)])
  assert.equal(one.code, 0, one.stderr)
  assert.equal(other.code, 0, other.stderr)
  assert.match([one.stdout.trim(), other.stdout.trim()].toSorted().join(), /^(?:draw,draw|lost,won)$/)
})

test('the TypeScript example plays a complete game', async () => {
  assertDone(await runToEnd([process.execPath, 'examples/play.ts', server.url]), /winner/)
})

test('the examples of oxo/game and oxo/protocol run', async () => {
  assertDone(await runToEnd([process.execPath, 'examples/rules.ts']), /winner: null/)
  assertDone(await runToEnd([process.execPath, 'examples/rpc.ts', server.url]), /^main is at version \d+$/m)
})

test('the client in the README plays a complete game', async () => {
  const code = clientOfReadme().replace('ws://localhost:1952', server.url.replace('http', 'ws'))
  const command = [process.execPath, '--input-type=module-typescript', '--eval', code]
  assertDone(await runToEnd(command), /winner/)
})

test('a machine with an old Node can run the TypeScript examples with `npx node`', async () => {
  for (const example of ['bot.ts', 'play.ts', 'rules.ts', 'rpc.ts'])
    assert.match(readFile(`examples/${example}`), new RegExp(`^/\\*\\* .*\`npx node examples/${example}[ \`]`))
  const { stdout } = await runToEnd(['npx', 'node', '--version'])
  assert.ok(Number(/^v(\d+)\./.exec(stdout)?.[1]) >= 24, stdout)
})

test('no example is longer than documented', () => {
  assert.ok(countLines(readFile('examples/bot.ts')) <= 20)
  assert.ok(countLines(clientOfReadme()) <= 12)
})

const readFile = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
const countLines = (text: string): number => text.trimEnd().split('\n').length

function clientOfReadme(): string {
  return /^```ts\n([^]*?)^```$/m.exec(readFile('README.md'))?.[1] ?? ''
}
