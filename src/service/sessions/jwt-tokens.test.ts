import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SignJWT, UnsecuredJWT } from 'jose'
import { VirtualClock } from '../../base/index.ts'
import { Fault } from '../../protocol/index.ts'
import { openTokens } from './jwt-tokens.ts'

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const oldKey = { id: 'old', secret: secret(1) }
const newKey = { id: 'new', secret: secret(2) }
const ann = { id: 'a1', name: 'Ann Zoë 😀' }
const hour = 3_600_000
const start = 1_700_000_000_000

function open(keys = [oldKey], clock = new VirtualClock(start)) {
  return { clock, tokens: openTokens({ keys, clock, lifeMs: hour }) }
}

function badToken(sentence: RegExp) {
  return (fault: unknown): boolean =>
    fault instanceof Fault && fault.fault === 'bad-token' && sentence.test(fault.message)
}
const notValid = badToken(/^the token is not valid here$/)
const expired = badToken(/^the token has expired$/)

test('[S20] a token proves the account it was made for, until it expires', async () => {
  const { tokens, clock } = open()
  const token = await tokens.make(ann)
  assert.deepEqual(await tokens.check(token), ann)
  clock.advance(hour - 1_000)
  assert.deepEqual(await tokens.check(token), ann)
  clock.advance(1_000)
  await assert.rejects(tokens.check(token), expired)
})

test('[S20] a token contains only account, issuer and times, and never makes a bot', async () => {
  const { tokens } = open()
  const token = await tokens.make({ ...ann, bot: 'perfect' })
  assert.deepEqual(await tokens.check(token), ann)
  const parts = token.split('.').slice(0, 2)
  assert.deepEqual(
    parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())),
    [
      { alg: 'HS256', typ: 'JWT', kid: 'old' },
      { name: ann.name, iss: 'oxo', sub: ann.id, iat: start / 1_000, exp: (start + hour) / 1_000 },
    ],
  )
})

test('[S21] the first key signs and all verify: nobody loses an account when keys change', async () => {
  const before = await open([oldKey]).tokens.make(ann)
  const both = open([newKey, oldKey]).tokens
  const after = await both.make(ann)
  assert.deepEqual(await both.check(before), ann)
  assert.deepEqual(await open([newKey]).tokens.check(after), ann)
  await assert.rejects(open([newKey]).tokens.check(before), notValid)
  await assert.rejects(open([{ id: 'old', secret: secret(3) }]).tokens.check(before), notValid)
})

test('[S22] a token with any one bit changed is refused', async () => {
  const { tokens } = open()
  const token = await tokens.make(ann)
  for (let index = 0; index < token.length; index++)
    for (let bit = 0; bit < 8; bit++) {
      const changed = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit))
      await assert.rejects(tokens.check(token.slice(0, index) + changed + token.slice(index + 1)), notValid)
    }
})

test('[S22] a shortened or lengthened token is refused', async () => {
  const { tokens } = open()
  const token = await tokens.make(ann)
  for (let length = 0; length < token.length; length++)
    await assert.rejects(tokens.check(token.slice(0, length)), notValid)
  for (const more of ['=', 'A', '.', ' ', '\n', '.AAAA', `.${token}`]) {
    await assert.rejects(tokens.check(token + more), notValid)
    await assert.rejects(tokens.check(more + token), notValid)
  }
})

const seconds = start / 1_000
const claims = { iss: 'oxo', sub: 'a1', name: 'Ann', iat: seconds, exp: seconds + 60 }
const header = { alg: 'HS256', typ: 'JWT', kid: 'old' }
const without = (key: keyof typeof claims): object =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => name !== key))

/** Tokens signed with the right secret, but not as this service signs them. */
const odd: readonly (readonly [string, Record<string, unknown>, object, number?])[] = [
  ['no kid', { alg: 'HS256', typ: 'JWT' }, claims],
  ['an unknown kid', { ...header, kid: 'other' }, claims],
  ['a kid of the prototype', { ...header, kid: '__proto__' }, claims],
  ['another algorithm of the family', { ...header, alg: 'HS512' }, claims, 64],
  ['no typ', { alg: 'HS256', kid: 'old' }, claims],
  ['another typ', { ...header, typ: 'at+jwt' }, claims],
  ['another issuer', header, { ...claims, iss: 'other' }],
  ['no issuer', header, without('iss')],
  ['no subject', header, without('sub')],
  ['a subject that is no text', header, { ...claims, sub: 7 }],
  ['no name', header, without('name')],
  ['a name that is no text', header, { ...claims, name: { toString: 1 } }],
  ['no time of issue', header, without('iat')],
  ['no expiry', header, without('exp')],
  ['an expiry that is no number', header, { ...claims, exp: 'never' }],
  ['not valid yet', header, { ...claims, nbf: seconds + 30 }],
]

test('[S22] a token of another form is refused, even if it is signed with the right secret', async () => {
  for (const [title, protectedHeader, payload, bytes = 32] of odd) {
    const key = { id: 'old', secret: new Uint8Array(bytes).fill(1) }
    const token = await new SignJWT({ ...payload })
      .setProtectedHeader({ alg: 'HS256', ...protectedHeader })
      .sign(key.secret)
    await assert.rejects(open([key]).tokens.check(token), notValid, title)
  }
  const { tokens } = open()
  await assert.rejects(tokens.check(new UnsecuredJWT(claims).encode()), notValid)
  const control = await new SignJWT(claims).setProtectedHeader(header).sign(oldKey.secret)
  assert.equal((await tokens.check(control)).id, 'a1', 'the same way of signing, all as it should be')
})

test('[S22] any other text is refused with bad-token and no other error', async () => {
  const { tokens } = open()
  const part = fc.oneof(
    fc.base64String().map((text) => text.replace(/[+/=]/g, '_')),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(part, part, fc.stringMatching(/^[\w-]{42}[AEIMQUYcgkosw048]$/), (a, b, c) =>
      assert.rejects(tokens.check(`${a}.${b}.${c}`), notValid),
    ),
    { seed: 1952, numRuns: 500 },
  )
})
