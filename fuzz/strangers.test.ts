/** Origins, names and tokens from untrusted clients, over every protocol. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { type TestServer, type TestServerOptions, openTestServer } from '../src/gateway/testing/server.ts'
import { judgeText } from './lib/judge.ts'
import { talk } from './lib/raw-conversation.ts'
import { upgradeHead } from './lib/websocket-talk.ts'

/** Host, Origin, and whether a request that changes something is allowed. */
const origins: readonly (readonly [host: string | null, origin: string | null, isAllowed: boolean])[] = [
  ['localhost:1952', null, true],
  ['localhost:1952', 'http://localhost:1952', true],
  ['127.0.0.1:1952', 'http://127.0.0.1:1952', true],
  ['[::1]:1952', 'http://[::1]:1952', true],
  ['laptop.local', 'https://laptop.local', true],
  ['localhost:1952', 'https://club.example', true],
  ['localhost:1952', 'http://evil.example', false],
  ['localhost:1952', 'null', false],
  ['localhost:1952', 'http://localhost:8080', false],
  ['localhost:1952', 'http://localhost:1952.evil.example', false],
  ['evil.example', 'http://evil.example', false],
  ['evil.example', null, false],
  ['localhost.evil.example', null, false],
  ['user@localhost', null, false],
  ['localhost:1952', 'http://localhost:1952, http://evil.example', false],
  [null, null, false],
]

const body = '{"jsonrpc":"2.0","id":1,"method":"game.move","params":{"game":"main","x":1,"y":1,"player":"X"}}'
const acting: Readonly<Record<string, { readonly head: string; readonly done: RegExp; readonly body: string }>> = {
  'POST /rpc': {
    head: `POST /rpc HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
    done: /^HTTP\/1.1 200 /,
    body,
  },
  'POST /games': {
    head: 'POST /games HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n',
    done: /^HTTP\/1.1 201 /,
    body: '{}',
  },
  '/ws': { head: upgradeHead.replace('Host: localhost\r\n', ''), done: /^HTTP\/1.1 101 /, body: '' },
}

/** Returns the cases that were decided wrongly. */
async function wrongOrigins(options: TestServerOptions): Promise<readonly string[]> {
  await using server = await openTestServer({ allowedOrigins: ['https://club.example'], ...options })
  const wrong: string[] = []
  for (const [protocol, { head, done, body: sent }] of Object.entries(acting))
    for (const [host, origin, isAllowed] of origins) {
      const named = `${host === null ? '' : `Host: ${host}\r\n`}${origin === null ? '' : `Origin: ${origin}\r\n`}`
      const { got } = await talk(server, Buffer.from(`${head}${named}\r\n${sent}`))
      const answer = got.toString('latin1')
      const isRight = isAllowed ? done.test(answer) : /^HTTP\/1.1 4(?:03|00) /.test(answer)
      if (!isRight) wrong.push(`${protocol} with Host ${host} and Origin ${origin}: ${answer.slice(0, 60)}`)
    }
  return wrong
}

test(`[W12] ${origins.length} cases of Host and Origin, at every address that can change something`, async () => {
  assert.deepEqual(await wrongOrigins({}), [])
  recordFinding('origins', {
    promise: 'a page of a stranger cannot act here, nor can a name that a stranger owns',
    test: 'fuzz/strangers.test.ts',
    figure: `${origins.length} cases at ${Object.keys(acting).length} addresses, 0 decided otherwise`,
    command: 'node --test fuzz/strangers.test.ts',
  })
})

test('a server that allows a wrong origin is detected', async () => {
  const wrong = await wrongOrigins({ allowedOrigins: ['https://club.example', 'http://evil.example'] })
  assert.ok(wrong.length > 0)
  recordFinding('origins', {
    planted: 'a foreign origin is allowed',
    caughtAfter: `${origins.length} cases, ${wrong.length} times`,
  })
})

const names: Readonly<Record<string, string>> = {
  'a script': '<script>a()</script>',
  'an attribute': '" onload="a()',
  'a bidirectional override': 'a\u202eb',
  'a bidirectional isolate': 'a\u2066b',
  'zero width': 'a\u200bb',
  'a byte order mark': 'a\ufeffb',
  'a soft hyphen': 'a\u00adb',
  '10,000 combining marks': `a${'\u0301'.repeat(10_000)}`,
  '40 combining marks': `a${'\u0301'.repeat(40)}`,
  'an escape sequence': '\u001b[2J\u001b[1;1H',
  'a control sequence of one character': '\u009b2J',
  'a title of the terminal': '\u001b]0;evil\u0007',
  'CR and LF': 'a\r\nOK version 9, O to move',
  'a line separator': 'a\u2028b',
  'a null': 'a\0b',
  'a lone surrogate': '\ud83d',
  'private characters': '\ue000',
  tags: 'a\u{e0041}b',
  'a template': '${7*7} {{7*7}} %s %n',
}
/** Names that can be shown as text anywhere; markup is text too. */
const harmless = new Set(['a script', 'an attribute', 'a template'])
/** Characters that could move a cursor, break a line, reverse text, or cover the lines above. */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|\p{M}{25}/u

test('[T11][S24] a name is refused or safe to show, over each protocol, on a terminal and in a page', async () => {
  await using server = await openTestServer()
  for (const [title, name] of Object.entries(names)) {
    const hello = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { name } })
    const lines = (await talk(server, Buffer.from(`${hello}\n`))).got.toString()
    assert.match(
      lines,
      harmless.has(title) ? /"result":/ : /"name":"(?:bad-name|invalid-params|too-large)"|"code":4130/,
      title,
    )
    const text = (
      await talk(server, Buffer.from(`name ${name}\nX 9 9 ${name}\n${name}\njoin ${name}\nquit\n`))
    ).got.toString()
    if (text !== '') judgeText(text)
    assert.doesNotMatch(text.replaceAll('\n', ' '), unsafe, title)
    // Exceptions: a line break ends the name, and half a character cannot be sent as UTF-8.
    if (!harmless.has(title) && !/\n|^\ud83d$/.test(name)) assert.doesNotMatch(text, /^OK you are/m, title)
    for (const line of server.takeLog()) assert.doesNotMatch(line, unsafe, title)
  }
  const page = await talk(
    server,
    Buffer.from(
      `POST /games HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"game":"page"}GET /games/page HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    ),
  )
  assert.doesNotMatch(page.got.toString(), /<script/)
  recordFinding('names', {
    promise:
      'names with markup, controls, overrides, marks or escapes are refused, or safe on a terminal and in a page',
    test: 'fuzz/strangers.test.ts',
    figure: `${Object.keys(names).length} names at the protocols of text and JSON, 0 shown as they are`,
    command: 'node --test fuzz/strangers.test.ts',
    planted: 'an unknown line is echoed unchanged (npm run fuzz -- --target text --plant echo)',
    caughtAfter: 'see the row of the fuzzer',
  })
})

async function tokenFrom(server: TestServer): Promise<string> {
  const { got } = await talk(server, Buffer.from('{"jsonrpc":"2.0","id":1,"method":"hello"}\n'))
  return /"token":"([^"]+)"/.exec(got.toString())?.[1] ?? ''
}

/** Copies of the token with one bit changed, for every bit. */
function flipBits(token: string): readonly string[] {
  const bytes = Buffer.from(token)
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const copy = Buffer.from(bytes)
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return copy.toString('latin1')
  })
}

/** Requests on one connection: below the limit of requests in flight. */
const atOnce = 200

test('[S22] a token with any bit changed is refused, over each protocol', async () => {
  await using server = await openTestServer()
  const token = await tokenFrom(server)
  const all = flipBits(token)
  for (let first = 0; first < all.length; first += atOnce) {
    const some = all.slice(first, first + atOnce)
    const hello = (text: string): string =>
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { token: text } })
    const { got } = await talk(server, Buffer.from(`${some.map(hello).join('\n')}\n`))
    assert.equal(got.toString().match(/"name":"bad-token"/g)?.length, some.length)
  }
  // For HTTP and text, one bit of each character is enough.
  const some = all.filter((_, bit) => bit % 8 === 1)
  for (const text of some) {
    const request = `GET /games/main HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${text}\r\n\r\n`
    assert.match((await talk(server, Buffer.from(request, 'latin1'))).got.toString(), /^HTTP\/1.1 4/, text)
  }
  const typed = (
    await talk(
      server,
      Buffer.from(
        `${some
          .map((text) => `as ${text}`)
          .slice(0, atOnce)
          .join('\n')}\n`,
      ),
    )
  ).got.toString()
  assert.doesNotMatch(typed, /^OK/m)
  for (const line of server.takeLog()) assert.ok(!line.includes(token.slice(0, 60)), 'a token in the log')
  recordFinding('tokens', {
    promise: 'a token with any bit changed is refused, and no token is in the log',
    test: 'fuzz/strangers.test.ts',
    figure: `${all.length + some.length + atOnce} bent tokens, 0 believed`,
    command: 'node --test fuzz/strangers.test.ts',
    planted: 'a token with the algorithm "none" is accepted (npm run fuzz -- --target token --plant unsigned)',
    caughtAfter: 'see the row of the fuzzer',
  })
})
