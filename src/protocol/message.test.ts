import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { errorNameOf, errorNames, errorRow, httpStatus } from './errors.ts'
import { Fault } from './fault.ts'
import { limits } from './limits.ts'
import { makeAnswer, makeError, makeNotification, makeRequest, MessageFault, parseRequest } from './message.ts'

function refusal(text: string): { readonly fault: string; readonly id: unknown } {
  try {
    parseRequest(text)
  } catch (fault) {
    assert(fault instanceof MessageFault)
    return { fault: fault.fault, id: fault.id }
  }
  return { fault: 'none', id: null }
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

test('[P1] a text that is not a request is refused by error name, with its id if one could be read', () => {
  const table: readonly (readonly [text: string, fault: string, id: unknown])[] = [
    ['', 'parse-error', null],
    ['{', 'parse-error', null],
    ['{"a":1e}', 'parse-error', null],
    ['nonsense', 'parse-error', null],
    ['null', 'invalid-request', null],
    ['7', 'invalid-request', null],
    ['[]', 'invalid-request', null],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping"}]', 'invalid-request', null],
    ['{"id":1,"method":"ping"}', 'invalid-request', 1],
    ['{"jsonrpc":"1.0","id":"a","method":"ping"}', 'invalid-request', 'a'],
    ['{"jsonrpc":"2.0","id":1}', 'invalid-request', 1],
    ['{"jsonrpc":"2.0","id":1,"method":7}', 'invalid-request', 1],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}', 'invalid-request', 1],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}', 'invalid-request', 1],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 'invalid-params', 1],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', 'invalid-params', 1],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 'invalid-request', null],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 'invalid-request', null],
    ['{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', 'invalid-request', null],
    ['{"jsonrpc":"2.0","id":1e400,"method":"ping"}', 'invalid-request', null],
    [`{"jsonrpc":"2.0","id":"${'a'.repeat(129)}","method":"ping"}`, 'invalid-request', null],
  ]
  for (const [text, fault, id] of table) assert.deepEqual(refusal(text), { fault, id }, text)
})

test('[P2] a message may nest to jsonDepthMax and no deeper; brackets in strings do not count', () => {
  assert.equal(refusal(nested(limits.jsonDepthMax)).fault, 'invalid-request')
  assert.equal(refusal(nested(limits.jsonDepthMax + 1)).fault, 'too-large')
  assert.equal(refusal(nested(4_000)).fault, 'too-large')
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'a\\"[[[[[[[[[[{{{{"\\\\' })
  assert.equal(parseRequest(text).method, 'a\\"[[[[[[[[[[{{{{"\\\\')
})

test('[P2] the depth of any JSON is measured correctly', () => {
  const depth = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
      const isDeep = depth(value) > limits.jsonDepthMax
      assert.equal(refusal(JSON.stringify(value)).fault === 'too-large', isDeep)
    }),
    { seed: 1952, numRuns: 500 },
  )
})

test('[P1] requests that are written are read back, with exactly the same id', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 128 }), fc.maxSafeInteger(), fc.constant(null)),
      fc.string(),
      (id, name) => {
        assert.deepEqual(parseRequest(makeRequest(id, 'hello', { name })), { id, method: 'hello', params: { name } })
        assert.deepEqual(JSON.parse(makeAnswer(id, '{"a":1}')), { jsonrpc: '2.0', id, result: { a: 1 } })
      },
    ),
    { seed: 1952 },
  )
  assert.deepEqual(parseRequest('{"jsonrpc":"2.0","method":"ping"}'), { method: 'ping', params: {} })
  assert.deepEqual(JSON.parse(makeNotification('game.changed', '{}')), {
    jsonrpc: '2.0',
    method: 'game.changed',
    params: {},
  })
})

test('[P3] an error has its code, message, name and whether to repeat', () => {
  assert.deepEqual(JSON.parse(makeError(7, 'stale', 'the game has moved on', { version: 3 })), {
    jsonrpc: '2.0',
    id: 7,
    error: { code: 4091, message: 'the game has moved on', data: { name: 'stale', retry: 'refresh', version: 3 } },
  })
})

test('[P3] every code is unique, contains the HTTP status, and is a WebSocket close code or one of JSON-RPC’s own', () => {
  const codes = errorNames.map((name) => errorRow(name).code)
  assert.equal(new Set(codes).size, codes.length)
  for (const name of errorNames) {
    const { code } = errorRow(name)
    assert.equal(errorNameOf(code), name)
    const isOwn = code >= 4_000 && code <= 5_999
    assert(isOwn ? httpStatus(name) === Math.floor(code / 10) : code <= -32_600 && code >= -32_700, name)
    assert(httpStatus(name) >= 400 && httpStatus(name) < 600, name)
    assert.equal(new Fault(name).retry, errorRow(name).retry)
  }
  assert.equal(errorNameOf(4_999), undefined)
})

test('[W2] a byte order mark is skipped before a message, and nowhere else', () => {
  assert.deepEqual(parseRequest('\ufeff{"jsonrpc":"2.0","method":"ping"}'), { method: 'ping', params: {} })
  assert.throws(() => parseRequest('{\ufeff"jsonrpc":"2.0","method":"ping"}'), MessageFault)
  assert.throws(() => parseRequest('\ufeff\ufeff{"jsonrpc":"2.0","method":"ping"}'), MessageFault)
})
