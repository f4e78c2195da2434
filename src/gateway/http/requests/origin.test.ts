import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../../protocol/index.ts'
import { makeOrigins } from './origin.ts'

const origins = makeOrigins('Games.Example', ['https://club.example', 'http://localhost:5173'])

const cases: readonly (readonly [host: string | undefined, origin: string | undefined, isAllowed: boolean])[] = [
  ['localhost:1952', undefined, true],
  ['localhost:1952', 'http://localhost:1952', true],
  ['localhost', 'http://localhost', true],
  ['localhost:80', 'http://localhost', true],
  ['localhost:1952', 'http://localhost:8080', false],
  ['localhost:1952', 'http://localhost:5173', true],
  ['127.0.0.1:1952', 'http://127.0.0.1:1952', true],
  ['[::1]:1952', 'http://[::1]:1952', true],
  ['127.0.0.1:1952', 'http://localhost:1952', false],
  ['laptop:1952', 'http://laptop:1952', true],
  ['laptop.local:1952', undefined, true],
  ['games.example', 'https://games.example', true],
  ['games.example:443', 'https://games.example', true],
  ['club.example', undefined, true],
  ['club.example', 'https://club.example', true],
  ['localhost:1952', 'https://club.example', true],
  ['localhost:1952', 'http://club.example', false],
  ['localhost:1952', 'http://evil.example', false],
  ['localhost:1952', 'null', false],
  ['localhost:1952', '', false],
  ['localhost:1952', 'file://', false],
  ['localhost:1952', 'http://localhost:1952.evil.example', false],
  ['evil.example:1952', 'http://evil.example:1952', false],
  ['evil.example:1952', undefined, false],
  ['localhost.evil.example', undefined, false],
  ['evil.example.', undefined, false],
  ['user@localhost', undefined, false],
  ['localhost/path', undefined, false],
  ['', undefined, false],
  [undefined, undefined, false],
]

for (const [host, origin, isAllowed] of cases)
  test(`[W12] Host ${host ?? 'absent'} with Origin ${origin ?? 'absent'} ${isAllowed ? 'may' : 'may not'} act`, () => {
    const check = (): void => origins.check(host, origin)
    if (isAllowed) assert.doesNotThrow(check)
    else assert.throws(check, (fault) => fault instanceof Fault && fault.fault === 'bad-origin')
  })
