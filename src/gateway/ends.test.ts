/** Checks which errors close a connection, as the error table says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { silentLog } from '../base/index.ts'
import { connectionEndings, type ErrorName, errorRow } from '../protocol/index.ts'
import { Play } from '../service/testing/play.ts'
import { openGateway } from './gateway.ts'
import { TestSocket } from './testing/socket.ts'

const request = (method: string, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const ping = JSON.stringify({ jsonrpc: '2.0', id: 'ping', method: 'ping' })

/** Requests, and the error that answers each. */
const requests: readonly (readonly [name: ErrorName, message: string])[] = [
  ['parse-error', '{'],
  ['invalid-request', '{"jsonrpc":"1.0"}'],
  ['method-not-found', request('game.lose')],
  ['invalid-params', request('game.get')],
  ['bad-token', request('hello', { token: 'x' })],
  ['bad-name', request('hello', { name: '\u200b' })],
  ['unsupported-protocol', request('hello', { protocol: [2] })],
  ['no-such-game', request('game.get', { game: 'none' })],
  ['id-taken', request('game.create', { game: 'main' })],
  ['off-board', request('game.move', { game: 'main', x: 9, y: 9 })],
  ['bad-rules', request('game.create', { rules: '3,3,9' })],
  ['invalid-params', request('game.create', { clock: { initialMs: 0, incrementMs: 500 } })],
  ['stale', request('game.move', { game: 'main', x: 1, y: 1, version: 9 })],
  ['not-over', request('game.offer', { game: 'mine', what: 'rematch' })],
  ['no-offer', request('game.answer', { game: 'mine', what: 'draw' })],
  ['too-large', `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'['.repeat(20)}${']'.repeat(20)}}`],
]

/** Input that closes a connection according to the table. */
const ending: readonly (readonly [name: ErrorName, bytes: Buffer])[] = [
  ['parse-error', Buffer.from([0x7b, 0xff, 0x0a])],
  ['parse-error', Buffer.from('{"half')],
  ['too-large', Buffer.from(`{${'x'.repeat(9_000)}\n`)],
]

test('[W36] JSON lines and WebSockets stay open after the errors that do not close them according to the table', async (t) => {
  const { service, clock } = await Play.open()
  const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, clock })
  t.after(() => gateway.close())
  const first = request('game.create', { game: 'mine', opponent: { bot: 'random' }, seat: 'O' })
  const lines = TestSocket.to(gateway)
  const ws = new WebSocket(`${gateway.address.url.replace('http', 'ws')}/ws`)
  await new Promise((resolve) => ws.once('open', resolve))
  const received: string[] = []
  ws.on('message', (data: Buffer) => received.push(data.toString()))
  const connections: readonly (readonly [send: (text: string) => void, got: () => string])[] = [
    [(text) => void lines.write(`${text}\n`), () => lines.got],
    [(text) => ws.send(text), () => received.join('\n')],
  ]
  for (const [index, [send, got]] of connections.entries()) {
    const rename = (text: string): string => text.replace('mine', `mine-${index}`)
    send(rename(first))
    for (const [name, general] of requests) {
      const text = rename(general)
      const { code } = errorRow(name)
      assert.notEqual(connectionEndings[name], 'yes')
      const answers = got().split(`"code":${code},`).length
      const pongs = got().split('"id":"ping"').length
      send(text)
      send(ping)
      const isThere = (): boolean =>
        got().split('"id":"ping"').length > pongs && got().split(`"code":${code},`).length > answers
      for (let turn = 0; turn < 10_000 && !isThere(); turn++) await new Promise(setImmediate)
      assert.ok(isThere(), `${name} for ${text}: ${got().slice(-300)}`)
    }
  }
  lines.socket.destroy()
  ws.terminate()
})

for (const [name, bytes] of ending)
  test(`[W36] a line that is ${JSON.stringify(bytes.toString('latin1').slice(0, 6))}… closes its connection with ${name}`, async (t) => {
    const { service, clock } = await Play.open()
    const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, clock })
    t.after(() => gateway.close())
    const socket = TestSocket.to(gateway)
    if (bytes.includes(0x0a)) socket.write(bytes)
    else socket.socket.end(bytes)
    assert.match(await socket.all(), new RegExp(`"code":${errorRow(name).code},`))
    assert.notEqual(connectionEndings[name], undefined)
  })
