/** Messages of one protocol inside another: whatever a browser or a confused client sends, no move is made. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordFinding } from '../e2e/lib/record.ts'
import { LineSplitter } from '../src/gateway/lines/line-splitter.ts'
import { type TestServer, openTestServer } from '../src/gateway/testing/server.ts'
import { talk } from './lib/raw-conversation.ts'

const moveLine = 'X 1 1'
const moveJson = '{"jsonrpc":"2.0","id":1,"method":"game.move","params":{"game":"main","x":1,"y":1,"player":"X"}}'
const bodies = [
  `${moveLine}\n`,
  `\n${moveLine}\n`,
  `\r\n\r\n${moveLine}\r\n`,
  `${moveJson}\n`,
  `x=1\n${moveLine}\n${moveJson}\n`,
]

/** What a page of another origin can make a browser send, and common mistakes. `BODY` stands for the body. */
const heads = [
  'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST /rpc HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nContent-Type: application/json\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST /games/main/moves HTTP/1.1\r\nHost: localhost\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'PUT /games/main HTTP/1.1\r\nHost: localhost\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'OPTIONS /rpc HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Method: POST\r\nOrigin: http://evil.example\r\n\r\nBODY',
  'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: LENGTH\r\n\r\nBODY',
  'POST / HTTP/1.0\r\n\r\nBODY',
  'GET / HTTP/0.9\r\n\r\nBODY',
  'POST / HTTP/2.0\r\nHost: localhost\r\n\r\nBODY',
  'GET /X%201%201 HTTP/1.1\r\nHost: localhost\r\n\r\nBODY',
  'X 1 1 HTTP/1.1\r\n\r\nBODY',
  'CONNECT localhost:1952 HTTP/1.1\r\n\r\nBODY',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nBODY',
  'RTSP/1.0 200 OK HTTP/1.1\r\nBODY',
]

/** First bytes of other protocols. The server closes the connection without an answer. */
const prologues: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['TLS', Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  ['SSLv2', Buffer.concat([Buffer.from('802e0100020015', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  ['HTTP/2', Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${moveLine}\n`)],
  ['SOCKS4', Buffer.concat([Buffer.from('04010050', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  ['SOCKS5', Buffer.concat([Buffer.from('050100', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  ['Postgres', Buffer.concat([Buffer.from('0000000804d2162f', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  ['MQTT', Buffer.concat([Buffer.from('101000044d515454', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
  [
    'a PROXY header, version 2',
    Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a', 'hex'), Buffer.from(`${moveLine}\n`)]),
  ],
  ['gzip', Buffer.concat([Buffer.from('1f8b0800', 'hex'), Buffer.from(`\n${moveLine}\n`)])],
]

/** Text of other protocols. Each line is refused as a line of the text protocol; a move after it would be a move. */
const talkers = [
  'EHLO evil.example\r\nMAIL FROM:<a@b>\r\nQUIT\r\n',
  '*1\r\n$4\r\nPING\r\nSET a b\r\n',
  'NICK oxo\r\nUSER a b c d\r\n',
  'SSH-2.0-x\r\n',
  'PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n',
]

async function isUntouched({ service }: TestServer): Promise<boolean> {
  return (await service.shared.journal.read('main')).length === 1
}

function fill(head: string, body: string): Buffer {
  return Buffer.from(head.replace('LENGTH', String(Buffer.byteLength(body))).replace('BODY', () => body))
}

test('[W5] no part of an HTTP request is ever read as lines', async () => {
  await using server = await openTestServer()
  for (const head of heads)
    for (const body of bodies) {
      const { got, isOver } = await talk(server, fill(head, body))
      assert.ok(isOver)
      assert.doesNotMatch(got.toString('latin1'), /^(?:OK|ERR|BOARD) /m, head)
      assert.ok(await isUntouched(server), `${head} ${body}`)
    }
  recordFinding('cross-protocol', {
    promise: 'a body or a prologue of another protocol that says X 1 1 never plays',
    test: 'fuzz/cross-protocol.test.ts',
    figure: `${heads.length * bodies.length} requests and ${prologues.length + talkers.length} prologues, 0 moves`,
    command: 'node --test fuzz/cross-protocol.test.ts',
  })
})

test('[W1] the first bytes of other protocols match no protocol', async () => {
  await using server = await openTestServer()
  for (const [name, bytes] of prologues) {
    const { got, isOver } = await talk(server, bytes)
    assert.equal(got.toString('latin1'), '', name)
    assert.ok(isOver, name)
  }
  assert.ok(await isUntouched(server))
})

test('[W1] a move in UTF-16 is refused with its reason and is not made', async () => {
  await using server = await openTestServer()
  const { got, isOver } = await talk(server, Buffer.from(`\ufeff${moveLine}\n`, 'utf16le'))
  assert.equal(got.toString(), 'ERR 4000 not-understood: these bytes are UTF-16; send UTF-8\n\n')
  assert.ok(isOver)
  assert.ok(await isUntouched(server))
})

test('[T3] the text of other protocols is refused line by line', async () => {
  await using server = await openTestServer()
  for (const text of talkers) {
    const { got } = await talk(server, Buffer.from(text))
    for (const reply of got.toString().split('\n\n').slice(0, -1))
      assert.match(reply, /^(?:ERR 4000 not-understood: |OK goodbye)/, text)
  }
  assert.ok(await isUntouched(server))
})

test('a server that interprets every line is detected', async () => {
  // A naive server takes every line of whatever arrives for a command.
  let after = 0
  const isMove = (bytes: Buffer): boolean => {
    let found = false
    new LineSplitter(8_192).push(bytes, (line) => (found ||= line === moveLine || line === moveJson))
    return found
  }
  for (const [index, head] of heads.entries()) if (after === 0 && isMove(fill(head, bodies[0] ?? ''))) after = index + 1
  assert.equal(after, 1)
  recordFinding('cross-protocol', {
    planted: 'every line is looked at, wherever it stands',
    caughtAfter: `request ${after}`,
  })
})
