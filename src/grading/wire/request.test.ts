/** Requests are written as their templates say, right ones and wrong ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestText } from '../description/schema.ts'
import type { RequestFields } from './fields.ts'
import { type Twist, writeRequest } from './request.ts'

const fields: RequestFields = { player: 'O', row: 1, col: 2, game: 'g1', name: 'Ada', token: '' }
const codes = { X: 'X', O: 'O' }

function write(template: RequestText, change: Partial<RequestFields> = {}, twist?: Twist): string | null {
  const bytes = writeRequest(template, { fields: { ...fields, ...change }, codes, ...(twist && { twist }) })
  return bytes === null ? null : Buffer.from(bytes).toString('latin1')
}

const json: RequestText = { json: { player: '{player}', at: ['{row}', '{col}'], note: 'of {name}' } }

test('each field has its forms', () => {
  assert.equal(write('{player} {row} {col} {row1} {col1} {x} {y} {x1} {y1}'), 'O 1 2 2 3 2 1 3 2')
  assert.equal(write('{rowA}{col1} {colA}{row1} {cell} {cell1} {game}'), 'B3 C2 5 6 g1')
})

test('a JSON template keeps the types of its values', () => {
  assert.equal(write(json), '{"player":"O","at":[1,2],"note":"of Ada"}')
  assert.equal(write('{"player":"{player}","row":{row},"text":"{col}"}'), '{"player":"O","row":1,"text":2}')
  assert.equal(write(json, { row: 'abc' }), '{"player":"O","at":["abc",2],"note":"of Ada"}')
  assert.equal(
    write(json, { row: '99999999999999999999' }),
    '{"player":"O","at":[99999999999999999999,2],"note":"of Ada"}',
  )
})

test('bytes have their width and order', () => {
  const template = (order: 'big' | 'little'): RequestText => ({
    bytes: [{ u8: 1 }, { u16: '{row}' }, { u32: '{col}' }, { text: '{player}' }],
    order,
  })
  assert.equal(write(template('big')), '\x01\x00\x01\x00\x00\x00\x02O')
  assert.equal(write(template('little')), '\x01\x01\x00\x02\x00\x00\x00O')
  assert.equal(write({ bytes: [{ u8: '{row}' }, { u8: '{col}' }] }, { row: -1, col: 300 }), '\xff\xff')
  assert.equal(write(template('big'), { row: 0.5 }), null)
})

test('a request of HTTP has its length', () => {
  const text = write({ method: 'POST', path: '/games/{game}', json: { x: '{x}' } })
  assert.equal(
    text,
    'POST /games/g1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"x":2}',
  )
})

test('a part can be missing or too many', () => {
  assert.equal(write('MOVE {player} {row} {col}', {}, 'missing-field'), 'MOVE O 1')
  assert.equal(write('MOVE {player} {row},{col}!', {}, 'missing-field'), 'MOVE O 1!')
  assert.equal(write('MOVE {player} {row},{col}', {}, 'extra-field'), 'MOVE O 1,2,7')
  assert.equal(write(json, {}, 'extra-field'), null)
  assert.equal(write('{"row":{row},"col":{col}}', {}, 'missing-field'), '{"row":1}')
})

test('a stranger has a code like those of the players', () => {
  const stranger = (own: { readonly X: string | number; readonly O: string | number }): string =>
    Buffer.from(writeRequest('{player}', { fields: { ...fields, player: 'nobody' }, codes: own }) ?? []).toString()
  assert.equal(stranger({ X: 'X', O: 'O' }), 'Z')
  assert.equal(stranger({ X: 1, O: 2 }), '7')
})

test('a part that is missing is also left out of a list', () => {
  assert.equal(write(json, {}, 'missing-field'), '{"player":"O","at":[1],"note":"of Ada"}')
})
