/** JSON that breaks naive parsers, over every JSON protocol. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { type TestServer, openTestServer } from '../src/gateway/testing/server.ts'
import { withSessions } from '../src/gateway/testing/wrap-host.ts'
import { talk } from './lib/raw-conversation.ts'
import { exchange } from './lib/websocket-talk.ts'

const call = (method: string, params: string, id = '1'): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`
const move = (members: string): string => call('game.move', `{"game":"main",${members}}`)
const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth)

/** The text, the expected error name or `result`, and the expected id of the answer as JSON. */
const traps: readonly (readonly [title: string, text: string | Buffer, expected: string, id: string])[] = [
  ['an array 4,000 deep', nested('[', ']', 4_000), 'too-large', 'null'],
  ['objects 1,000 deep', `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`, 'too-large', 'null'],
  ['params 9 deep', call('ping', nested('{"a":[', ']}', 5)), 'too-large', 'null'],
  ['brackets in a text are no depth', call('game.get', `{"game":"${'['.repeat(60)}"}`), 'invalid-params', '1'],
  ['an open bracket at the end', `${call('ping', '{}')}{`, 'parse-error', 'null'],
  [
    '__proto__ as a member',
    '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{"params":1}}',
    'invalid-request',
    '1',
  ],
  ['__proto__ in params', call('game.get', '{"__proto__":{"game":"main"}}'), 'invalid-params', '1'],
  ['__proto__ beside params', call('game.get', '{"game":"main","__proto__":null}'), 'invalid-params', '1'],
  [
    'constructor in params',
    call('game.get', '{"game":"main","constructor":{"prototype":{"x":1}}}'),
    'invalid-params',
    '1',
  ],
  ['constructor as a method', call('constructor', '{}'), 'method-not-found', '1'],
  ['__proto__ as a method', call('__proto__', '{}'), 'method-not-found', '1'],
  ['toString as a method', call('toString', '{}'), 'method-not-found', '1'],
  ['__proto__ as a game', call('game.get', '{"game":"__proto__"}'), 'no-such-game', '1'],
  ['constructor as a game', call('game.get', '{"game":"constructor"}'), 'no-such-game', '1'],
  ['a game called __proto__', call('game.create', '{"game":"__proto__","seats":"open"}'), 'result', '1'],
  ['constructor as rules', call('game.create', '{"rules":"constructor"}'), 'bad-rules', '1'],
  [
    '__proto__ as rules',
    call('game.create', '{"rules":{"__proto__":{"width":3,"height":3,"line":3}}}'),
    'invalid-params',
    '1',
  ],
  ['constructor as a level', call('game.create', '{"opponent":{"bot":"constructor"}}'), 'invalid-params', '1'],
  [
    'a method given twice: the last',
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"nothing"}',
    'method-not-found',
    '1',
  ],
  ['an id given twice: the last', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', 'result', '2'],
  ['a place given twice: the last', move('"player":"X","x":1,"x":99,"y":1'), 'invalid-params', '1'],
  [
    'params given twice: the last',
    '{"jsonrpc":"2.0","id":1,"method":"game.get","params":{"game":"main"},"params":{}}',
    'invalid-params',
    '1',
  ],
  ['1e400 as a place', move('"x":1e400,"y":1'), 'invalid-params', '1'],
  ['-1e400 as a version', move('"x":1,"y":1,"version":-1e400'), 'invalid-params', '1'],
  [
    'a hundred thousand digits would be too many; 4,000 are no place',
    move(`"x":${'9'.repeat(4_000)},"y":1`),
    'invalid-params',
    '1',
  ],
  ['a tiny fraction', move('"x":1e-400,"y":0.5'), 'invalid-params', '1'],
  ['minus zero is zero', call('game.get', '{"game":"main"}', '-0'), 'result', '0'],
  ['a version beyond 2^53', move('"x":1,"y":1,"version":9007199254740993'), 'invalid-params', '1'],
  ['an id of 2^53 − 1', call('ping', '{}', '9007199254740991'), 'result', '9007199254740991'],
  ['an id of 2^53', call('ping', '{}', '9007199254740992'), 'invalid-request', 'null'],
  ['an id of 2^64', call('ping', '{}', '18446744073709551616'), 'invalid-request', 'null'],
  ['an id of −2^53 − 1', call('ping', '{}', '-9007199254740993'), 'invalid-request', 'null'],
  ['an id of 1e400', call('ping', '{}', '1e400'), 'invalid-request', 'null'],
  ['an id with a fraction', call('ping', '{}', '1.5'), 'invalid-request', 'null'],
  ['an id of 128 characters', call('ping', '{}', `"${'i'.repeat(128)}"`), 'result', `"${'i'.repeat(128)}"`],
  ['an id of 129 characters', call('ping', '{}', `"${'i'.repeat(129)}"`), 'invalid-request', 'null'],
  ['an id that is a list', call('ping', '{}', '[1]'), 'invalid-request', 'null'],
  ['an id that is true', call('ping', '{}', 'true'), 'invalid-request', 'null'],
  ['an id with a lone surrogate', call('ping', '{}', '"\\ud83d"'), 'result', '"\\ud83d"'],
  ['a name with a lone surrogate', call('hello', '{"name":"\\ud83d"}'), 'bad-name', '1'],
  ['a name with a null', call('hello', '{"name":"a\\u0000b"}'), 'bad-name', '1'],
  ['a game with a lone surrogate', call('game.get', '{"game":"\\udc00"}'), 'invalid-params', '1'],
  ['a batch', `[${call('ping', '{}')},${call('ping', '{}')}]`, 'invalid-request', 'null'],
  ['an empty batch', '[]', 'invalid-request', 'null'],
  ['params by position', call('game.get', '["main"]'), 'invalid-params', '1'],
  ['params that are null', call('ping', 'null'), 'invalid-params', '1'],
  ['a number', '1', 'invalid-request', 'null'],
  ['null', 'null', 'invalid-request', 'null'],
  ['a text', '"ping"', 'invalid-request', 'null'],
  ['NaN', '{"jsonrpc":"2.0","id":NaN,"method":"ping"}', 'parse-error', 'null'],
  ['a comment', `${call('ping', '{}')}//`, 'parse-error', 'null'],
  ['single quotes', "{'jsonrpc':'2.0'}", 'parse-error', 'null'],
  ['a comma at the end', '{"jsonrpc":"2.0","id":1,"method":"ping",}', 'parse-error', 'null'],
  ['a byte order mark', `\ufeff${call('ping', '{}')}`, 'result', '1'],
  ['two byte order marks', `\ufeff\ufeff${call('ping', '{}')}`, 'parse-error', 'null'],
  ['a byte order mark inside', call('ping', '\ufeff{}'), 'parse-error', 'null'],
  ['two in one', call('ping', '{}') + call('ping', '{}'), 'parse-error', 'null'],
  ['jsonrpc 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 'invalid-request', '1'],
  ['jsonrpc as a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}', 'invalid-request', '1'],
  ['a control character in a text', call('game.get', '{"game":"a\tb"}'), 'parse-error', 'null'],
]

/**
 * Sends a text over each JSON protocol. On lines a ping goes first: a first line that is not JSON selects another
 * protocol.
 */
const protocols: Readonly<Record<string, (server: TestServer, text: string) => Promise<readonly string[]>>> = {
  async lines(server, text) {
    const { got } = await talk(server, Buffer.from(`{"jsonrpc":"2.0","method":"ping"}\n${text}\n`))
    return got
      .toString()
      .split('\n')
      .filter((line) => line !== '')
  },
  async websocket(server, text) {
    const frames = await exchange(server, text)
    return frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString())
  },
  async http(server, text) {
    const body = Buffer.from(text)
    const head = `POST /rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    const { got } = await talk(server, Buffer.concat([Buffer.from(head), body]))
    const answer = got.toString().split('\r\n\r\n')[1]
    return answer === undefined ? [] : [answer]
  },
}

for (const [protocol, ask] of Object.entries(protocols))
  test(`[P1][P2][P4] ${protocol}: ${traps.length} JSON traps each get the expected single answer and have no side effects`, async () => {
    await using server = await openTestServer()
    for (const [title, text, expected, id] of traps) {
      const answers = await ask(server, text.toString())
      assert.equal(answers.length, 1, `${title}: ${answers.join('\n')}`)
      assert.equal(kindOf(answers[0] ?? ''), expected, `${title}: ${answers[0]}`)
      assert.ok(answers[0]?.includes(`"id":${id},`), `${title}: ${answers[0]}`)
    }
    assert.equal(({} as { game?: unknown }).game, undefined)
    assert.equal(Object.keys(Object.prototype).length, 0)
    recordFinding('json-traps', {
      promise:
        'JSON traps (depth, __proto__, twice, 1e400, lone surrogates, ids beyond 2^53, batches) get one answer each',
      test: 'fuzz/json-traps.test.ts',
      figure: `${traps.length} traps at ${Object.keys(protocols).length} protocols, 0 answered otherwise`,
      command: 'node --test fuzz/json-traps.test.ts',
    })
  })

test('[W6] a line that is not UTF-8 ends a connection of JSON lines, and such a body is refused', async () => {
  await using server = await openTestServer()
  for (const bytes of ['c0af', 'eda080', 'f4908080', 'ff', 'c3', 'f0808080']) {
    const message = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":"'),
      Buffer.from(bytes, 'hex'),
      Buffer.from('","method":"ping"}\n'),
    ])
    const lines = await talk(server, message)
    assert.match(lines.got.toString(), /^\{"jsonrpc":"2.0","id":null,"error":\{"code":-32700,.*not UTF-8.*\}\n$/)
    const head = `POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${message.length}\r\n\r\n`
    const http = await talk(server, Buffer.concat([Buffer.from(head), message]))
    assert.match(http.got.toString(), /^HTTP\/1.1 400 [^]*the body is not UTF-8/)
  }
})

test('a server that answers one trap differently is detected', async () => {
  const isCaught = async (bend: (text: string) => string): Promise<number> => {
    await using server = await openTestServer({
      wrap: (host) =>
        withSessions(host, (connection) =>
          host.connect({
            ...connection,
            protocol: connection.protocol,
            address: '',
            send: (text) => connection.send(bend(text)),
            notify: (notification) => connection.notify(notification),
            close: (code, reason) => connection.close(code, reason),
          }),
        ),
    })
    for (const [index, [, text, expected]] of traps.entries())
      if (kindOf((await protocols['lines']?.(server, text.toString()))?.[0] ?? '') !== expected) return index + 1
    return 0
  }
  const after = await isCaught((text) => text.replace('"parse-error"', '"invalid-request"'))
  assert.ok(after > 0)
  recordFinding('json-traps', { planted: 'what is no JSON is called an invalid request', caughtAfter: `trap ${after}` })
})

function kindOf(answer: string): string {
  return /"name":"([a-z-]+)","retry"/.exec(answer)?.[1] ?? (answer.includes('"result":') ? 'result' : answer)
}
