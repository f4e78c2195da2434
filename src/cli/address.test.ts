import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLink, parseGame, parseServer } from './address.ts'
import { Stop } from '../server/stop.ts'

test('a server is an address with or without a scheme, and a link names its game as well', () => {
  assert.deepEqual(parseServer('localhost:1952'), { server: 'http://localhost:1952', game: null })
  for (const [typed, server] of [
    ['localhost', 'http://localhost:1952'],
    ['192.168.1.5', 'http://192.168.1.5:1952'],
    ['oxo.example/games/x', 'http://oxo.example:1952'],
    ['oxo.example:80', 'http://oxo.example'],
    ['[::1]', 'http://[::1]:1952'],
    ['http://oxo.example', 'http://oxo.example'],
  ] as const)
    assert.equal(parseServer(typed).server, server, typed)
  assert.throws(() => parseServer('https://oxo.example/oxo'), /a server has no path\.$/)
  assert.deepEqual(parseServer('https://oxo.example/'), { server: 'https://oxo.example', game: null })
  assert.deepEqual(parseServer('tcp://[::1]:1952'), { server: 'tcp://[::1]:1952', game: null })
  assert.deepEqual(parseServer('http://a:1/games/x-Y_1'), { server: 'http://a:1', game: 'x-Y_1' })
})

test('an invalid address is a usage error', () => {
  for (const text of ['ftp://a', 'http://', 'http://a/elsewhere', 'http://a/games/', 'a b'])
    assert.throws(
      () => parseServer(text),
      (fault: Stop) => fault.ending === 'usage',
      text,
    )
})

test('a game is an id on a server, or a link that names its own server', () => {
  assert.deepEqual(parseGame('main', 'http://a:1'), { server: 'http://a:1', game: 'main' })
  assert.deepEqual(parseGame('http://b:2/games/x', 'http://a:1'), { server: 'http://b:2', game: 'x' })
  assert.throws(() => parseGame('http://b:2', 'http://a:1'), Stop)
})

test('a link can be opened in a browser, whatever protocol its author uses', () => {
  assert.equal(makeLink({ server: 'tcp://a:1' }, 'x'), 'http://a:1/games/x')
  assert.equal(makeLink({ server: 'wss://a' }, 'x'), 'https://a/games/x')
})
