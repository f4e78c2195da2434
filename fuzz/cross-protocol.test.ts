/** Words of one protocol at the protocol of another: whatever a browser or a confused client sends, nobody plays by it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { record } from '../e2e/lib/record.ts'
import { LineSplitter } from '../src/gateway/lines/line-splitter.ts'
import { type House, openHouse } from './lib/server-in-process.ts'
import { talk } from './lib/talk.ts'

const moveLine = 'X 1 1'
const moveJson = '{"jsonrpc":"2.0","id":1,"method":"game.move","params":{"game":"main","x":1,"y":1,"player":"X"}}'
const bodies = [
  `${moveLine}\n`,
  `\n${moveLine}\n`,
  `\r\n\r\n${moveLine}\r\n`,
  `${moveJson}\n`,
  `x=1\n${moveLine}\n${moveJson}\n`,
]

/** What a page of a stranger can make a browser send, and what people send by mistake. `BODY` stands for the body. */
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

/** First lines of other protocols. Those that are text are answered as text: no protocol, or a refusal, and nothing else. */
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

/** Of these each line is a line of text, and refused as one; a move behind them would be a move. */
const talkers = [
  'EHLO evil.example\r\nMAIL FROM:<a@b>\r\nQUIT\r\n',
  '*1\r\n$4\r\nPING\r\nSET a b\r\n',
  'NICK oxo\r\nUSER a b c d\r\n',
  'SSH-2.0-x\r\n',
  'PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n',
]

async function isUntouched({ service }: House): Promise<boolean> {
  return (await service.shared.journal.read('main')).length === 1
}

function fill(head: string, body: string): Buffer {
  return Buffer.from(head.replace('LENGTH', String(Buffer.byteLength(body))).replace('BODY', () => body))
}

test('[W5] nothing in an HTTP request is ever read as lines', async () => {
  await using house = await openHouse()
  for (const head of heads)
    for (const body of bodies) {
      const { got, isOver } = await talk(house, fill(head, body))
      assert.ok(isOver)
      assert.doesNotMatch(got.toString('latin1'), /^(?:OK|ERR|BOARD) /m, head)
      assert.ok(await isUntouched(house), `${head} ${body}`)
    }
  record('cross-protocol', {
    promise: 'a body or a prologue of another protocol that says X 1 1 never plays',
    test: 'fuzz/cross-protocol.test.ts',
    figure: `${heads.length * bodies.length} requests and ${prologues.length + talkers.length} prologues, 0 moves`,
    command: 'node --test fuzz/cross-protocol.test.ts',
  })
})

test('[W1] the first words of other protocols find no protocol', async () => {
  await using house = await openHouse()
  for (const [name, bytes] of prologues) {
    const { got, isOver } = await talk(house, bytes)
    assert.equal(got.toString('latin1'), '', name)
    assert.ok(isOver, name)
  }
  assert.ok(await isUntouched(house))
})

test('[W1] a move in UTF-16 is told that it is, and is no move', async () => {
  await using house = await openHouse()
  const { got, isOver } = await talk(house, Buffer.from(`\ufeff${moveLine}\n`, 'utf16le'))
  assert.equal(got.toString(), 'ERR 4000 not-understood: these bytes are UTF-16; send UTF-8\n\n')
  assert.ok(isOver)
  assert.ok(await isUntouched(house))
})

test('[T3] what other protocols say in text is refused line by line', async () => {
  await using house = await openHouse()
  for (const said of talkers) {
    const { got } = await talk(house, Buffer.from(said))
    for (const reply of got.toString().split('\n\n').slice(0, -1))
      assert.match(reply, /^(?:ERR 4000 not-understood: |OK goodbye)/, said)
  }
  assert.ok(await isUntouched(house))
})

test('a server that looks at every line is caught', async () => {
  // What a naive one does: each line of whatever arrives may be a command.
  let after = 0
  const isMove = (bytes: Buffer): boolean => {
    let found = false
    new LineSplitter(8_192).push(bytes, (line) => (found ||= line === moveLine || line === moveJson))
    return found
  }
  for (const [index, head] of heads.entries()) if (after === 0 && isMove(fill(head, bodies[0] ?? ''))) after = index + 1
  assert.equal(after, 1)
  record('cross-protocol', { planted: 'every line is looked at, wherever it stands', caughtAfter: `request ${after}` })
})
