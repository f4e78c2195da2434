/** Which errors end a connection, and which do not: as the error table says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { silentLog } from '../base/index.ts'
import { endings, type ErrorName, errorRow } from '../protocol/index.ts'
import { Play } from '../service/testing/play.ts'
import { openGateway } from './gateway.ts'
import { TestSocket } from './testing/socket.ts'

const request = (method: string, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const ping = JSON.stringify({ jsonrpc: '2.0', id: 'ping', method: 'ping' })

/** What is said, and the error that it gets. */
const said: readonly (readonly [name: ErrorName, message: string])[] = [
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

/** What ends it, where the table says so. */
const ending: readonly (readonly [name: ErrorName, bytes: Buffer])[] = [
  ['parse-error', Buffer.from([0x7b, 0xff, 0x0a])],
  ['parse-error', Buffer.from('{"half')],
  ['too-large', Buffer.from(`{${'x'.repeat(9_000)}\n`)],
]

test('[W36] JSON lines and WebSockets go on after the errors of which the table does not say that they end them', async (t) => {
  const { service, clock } = await Play.open()
  const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, clock })
  t.after(() => gateway.close())
  const first = request('game.create', { game: 'mine', opponent: { bot: 'random' }, seat: 'O' })
  const lines = TestSocket.to(gateway)
  const ws = new WebSocket(`${gateway.address.url.replace('http', 'ws')}/ws`)
  await new Promise((resolve) => ws.once('open', resolve))
  const heard: string[] = []
  ws.on('message', (data: Buffer) => heard.push(data.toString()))
  const talks: readonly (readonly [say: (text: string) => void, got: () => string])[] = [
    [(text) => void lines.write(`${text}\n`), () => lines.got],
    [(text) => ws.send(text), () => heard.join('\n')],
  ]
  for (const [index, [say, got]] of talks.entries()) {
    const own = (text: string): string => text.replace('mine', `mine-${index}`)
    say(own(first))
    for (const [name, general] of said) {
      const text = own(general)
      const { code } = errorRow(name)
      assert.notEqual(endings[name], 'yes')
      const answers = got().split(`"code":${code},`).length
      const pongs = got().split('"id":"ping"').length
      say(text)
      say(ping)
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
  test(`[W36] a line that is ${JSON.stringify(bytes.toString('latin1').slice(0, 6))}… ends its connection with ${name}`, async (t) => {
    const { service, clock } = await Play.open()
    const gateway = await openGateway({ service, host: '127.0.0.1', port: 0, log: silentLog, clock })
    t.after(() => gateway.close())
    const socket = TestSocket.to(gateway)
    if (bytes.includes(0x0a)) socket.write(bytes)
    else socket.socket.end(bytes)
    assert.match(await socket.all(), new RegExp(`"code":${errorRow(name).code},`))
    assert.notEqual(endings[name], undefined)
  })
