/** `oxo conform --client`: the example clients conform, and clients with a planted bug are told what is wrong. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { run } from '../src/cli/testing/command.ts'
import { sayWhatIsMissing } from '../tools/check/programs.ts'
import { BuiltClients, exampleClients, exampleLanguages } from './lib/example-clients.ts'
import { leaveOut } from './lib/left-out.ts'

let clients: BuiltClients
before(() => {
  clients = new BuiltClients()
})
after(() => clients[Symbol.dispose]())

const place = '{host} {port} {game}'

interface PythonBug {
  readonly fault: string
  /** What is replaced in the Python client. */
  readonly from: string
  readonly to: string
  /** What the tool must say. */
  readonly says: RegExp
}

const bugs: Readonly<Record<string, PythonBug>> = {
  'a move without a version': {
    fault: 'none',
    from: 'version=view["version"], x=x',
    to: 'x=x',
    says: /names no version.*\[C19\]/,
  },
  'another move in place of a repeat': {
    fault: 'lost-request',
    from: 'return self.take(self.request(method, {"game": self.game, **params}))',
    to: 'return self.take(self.request(method, {"game": self.game, **params}))\n            except OSError as reason:\n                self.lose(reason)\n                params = {**params, "x": 2, "y": 2}',
    says: /another move in place of a repeat \[C10\]/,
  },
  'another account after a reconnect': {
    fault: 'lost-answer',
    from: '{"token": self.token} if self.token else ',
    to: '',
    says: /hello has no token \[C8\]/,
  },
  'no wait after rate-limited': {
    fault: 'rate-limited',
    from: 'self.pause(data.get("retryAfterMs", 0), 2)',
    to: 'time.sleep(0.01)',
    says: /told to wait 400 ms \[C12\]/,
  },
  'no wait after server.closing': {
    fault: 'closing',
    from: 'self.pause(rest_ms, 15)',
    to: 'time.sleep(0.01)',
    says: /told to wait 400 ms \[C5\]/,
  },
  'an older board is shown': {
    fault: 'older-state',
    from: 'if self.view is None or version > self.view["version"]:',
    to: 'if True:',
    says: /an older board after a newer one \[C16\]/,
  },
  'no end to waiting in silence': {
    fault: 'silence',
    from: 'connection.settimeout(hello["heartbeatMs"] * 2 / 1000)',
    to: 'connection.settimeout(60)',
    says: /did not end in time \[C4\]/,
  },
  'no second connection': {
    fault: 'restart',
    from: '        print("connecting again:", reason, file=sys.stderr)\n',
    to: '        sys.exit(7)\n',
    says: /ended with 7 before the game was over \[C1\]/,
  },
}

suite('[K5] a client', { concurrency: 2 }, () => {
  for (const language of exampleLanguages)
    test(`[K5] ${exampleClients[language].file} conforms`, async (t) => {
      if (leaveOut(t, sayWhatIsMissing(exampleClients[language].needs))) return
      const command = await clients.command(language)
      const { code, stdout, stderr } = await run(['conform', '--client', `${command.join(' ')} ${place}`])
      assert.equal(code, 0, stdout + stderr)
      assert.match(stdout, /^The client conforms\.$/m)
    })

  test('[K5] a client over a WebSocket conforms, and one that leaves when the connection ends does not', async () => {
    const client = `${process.execPath} ${join(import.meta.dirname, 'lib/socket-client.ts')} ws://{host}:{port} {game}`
    const { code, stdout, stderr } = await run(['conform', '--client', client])
    assert.equal(code, 0, stdout + stderr)
    const ended = await run(['conform', '--client', `${client} once`, '--fault', 'half-an-answer'])
    assert.equal(ended.code, 1)
    assert.match(ended.stdout, /ended with 7 before the game was over \[C6\]/)
  })

  for (const [name, { fault, from, to, says }] of Object.entries(bugs))
    test(`[K5] a client with this bug is told: ${name}`, async (t) => {
      if (leaveOut(t, sayWhatIsMissing('python3'))) return
      using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-client-'))
      const source = readFileSync(join(import.meta.dirname, '../examples/client.py'), 'utf8')
      assert.ok(source.includes(from), `the Python client has: ${from}`)
      const file = join(folder.path, 'client.py')
      writeFileSync(file, source.replace(from, to))
      const { code, stdout } = await run([
        'conform',
        '--client',
        `python3 ${file} ${place}`,
        '--fault',
        fault,
        '--patience',
        '500',
      ])
      assert.match(stdout, says)
      assert.equal(code, 1, stdout)
    })
})
