/** The encryption and the proofs of push messages, against the examples of their standards. */
import assert from 'node:assert/strict'
import { createECDH, webcrypto } from 'node:crypto'
import { test } from 'node:test'
import { systemClock, VirtualClock } from '../../base/index.ts'
import { decrypt, verifyProof } from '../testing/push-service.ts'
import { makeTokenKey } from '../token-keys.ts'
import { encrypt } from './encrypt.ts'
import { derivePushKey, PushKeys } from './push-keys.ts'

/** RFC 8291, appendix A. */
const example = {
  text: 'When I grow up, I want to be a watermelon',
  sender: {
    publicKey: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
    privateKey: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
    salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  },
  receiver: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  body:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y' +
    'l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
}

async function exampleSender() {
  const { publicKey, privateKey: d, salt } = example.sender
  const point = Buffer.from(publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  return {
    keys: {
      publicKey: await webcrypto.subtle.importKey('jwk', jwk, curve, true, []),
      privateKey: await webcrypto.subtle.importKey('jwk', { ...jwk, d }, curve, false, ['deriveBits']),
    },
    salt: new Uint8Array(Buffer.from(salt, 'base64url')),
  }
}

test('[W50] a message is encrypted as RFC 8291 says, byte for byte', async () => {
  const body = await encrypt(example.receiver, example.text, 0, await exampleSender())
  assert.equal(Buffer.from(body).toString('base64url'), example.body)
})

test('[W50] messages of every length look the same, and each is sealed with a key of its own', async () => {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(Buffer.from(example.receiver.privateKey, 'base64url'))
  const auth = Buffer.from(example.receiver.auth, 'base64url')
  const texts = ['', 'a', 'turn'.repeat(20), 'turn'.repeat(20)]
  const bodies = await Promise.all(texts.map((text) => encrypt(example.receiver, text, 128)))
  assert.deepEqual(
    bodies.map((body) => decrypt(pair, auth, Buffer.from(body))),
    texts,
  )
  assert.equal(new Set(bodies.map(({ length }) => length)).size, 1)
  assert.equal(new Set(bodies.map((body) => Buffer.from(body.subarray(21, 86)).toString('hex'))).size, texts.length)
})

test('[W50] a public key that is no point of the curve is refused', async () => {
  const p256dh = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url')
  await assert.rejects(encrypt({ ...example.receiver, p256dh }, 'x', 128))
})

test('[W50] the test service checks proofs: it accepts the example of RFC 8292, and no changed one', async () => {
  const token =
    'eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.' +
    'i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA'
  const key = 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs'
  const then = 1_453_523_000_000
  const { claims } = await verifyProof(`vapid t=${token}, k=${key}`, then)
  assert.equal(claims.sub, 'mailto:push@example.com')
  await assert.rejects(verifyProof(`vapid t=${token.replace('.i3CY', '.i3CZ')}, k=${key}`, then))
})

test('[W50] a proof names the push service, ends within a day, and is made again before it ends', async () => {
  const clock = new VirtualClock(systemClock.wall())
  const [key, older] = [makeTokenKey(), makeTokenKey()]
  const keys = new PushKeys({ keys: [key, older], clock, contact: 'mailto:ann@oxo.example' })
  const header = await keys.authorize('https://push.example', keys.publicKey)
  const { claims, key: shown } = await verifyProof(header ?? '')
  assert.deepEqual([claims.aud, claims.sub, shown], ['https://push.example', 'mailto:ann@oxo.example', keys.publicKey])
  const leftSeconds = (claims.exp ?? 0) - clock.wall() / 1_000
  assert.ok(leftSeconds > 6 * 3_600 && leftSeconds < 86_400, `${leftSeconds} s`)
  assert.equal(await keys.authorize('https://push.example', keys.publicKey), header)
  assert.notEqual(await keys.authorize('https://other.example', keys.publicKey), header)
  clock.advance(7 * 3_600_000)
  assert.notEqual(await keys.authorize('https://push.example', keys.publicKey), header)
})

test('[W50] the key follows from the token key, and an older token key still signs for its subscriptions', async () => {
  const [key, older] = [makeTokenKey(), makeTokenKey()]
  const clock = new VirtualClock(systemClock.wall())
  const before = new PushKeys({ keys: [older], clock })
  const after = new PushKeys({ keys: [key, older], clock })
  assert.equal(new PushKeys({ keys: [older], clock }).publicKey, before.publicKey)
  assert.notEqual(after.publicKey, before.publicKey)
  const { key: shown } = await verifyProof((await after.authorize('https://push.example', before.publicKey)) ?? '')
  assert.equal(shown, before.publicKey)
  assert.equal(await before.authorize('https://push.example', after.publicKey), null)
  for (let number = 0; number < 32; number++)
    assert.equal(Buffer.from(derivePushKey(new Uint8Array(32).fill(number)).publicKey, 'base64url').length, 65)
})
