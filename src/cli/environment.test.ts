import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEnvironment } from './environment.ts'
import { makeServeOptions } from './serve/options.ts'
import type { Stop } from '../server/stop.ts'
import { run } from './testing/command.ts'

const options = makeServeOptions()
const switches = options.filter(({ required, optional }) => !required && !optional).map(({ envVar = '' }) => envVar)

test('every switch variable accepts the usual words for true and false, and empty means unset', () => {
  assert.deepEqual(switches.toSorted(), ['OXO_NATS_ALLOW_OLD', 'OXO_NO_PAGES', 'OXO_NO_PUSH'])
  for (const name of switches) {
    for (const said of ['1', 'true', 'YES', ' on ']) {
      const env = { [name]: said }
      readEnvironment(options, env)
      assert.ok(name in env, `${name}=${said}`)
    }
    for (const said of ['0', 'false', 'No', 'off', '', ' ']) {
      const env = { [name]: said }
      readEnvironment(options, env)
      assert.ok(!(name in env), `${name}=${said}`)
    }
    for (const said of ['2', 'maybe', 'tru', 'null'])
      assert.throws(
        () => readEnvironment(options, { [name]: said }),
        (fault: Stop) => fault.ending === 'usage' && fault.message.startsWith(`${name}=${said} is not understood: use`),
      )
  }
})

test('any other empty variable means unset, and blanks around a value do not matter', () => {
  for (const { envVar = '' } of options.filter(({ required }) => required)) {
    const env = { [envVar]: ' ' }
    readEnvironment(options, env)
    assert.deepEqual(env, {}, envVar)
  }
  const env = { OXO_PORT: ' 8080\r' }
  readEnvironment(options, env)
  assert.deepEqual(env, { OXO_PORT: '8080' })
})

test('the variable that Kubernetes sets for a service named oxo is not taken as a port', () => {
  const env = { OXO_PORT: 'tcp://10.0.0.7:1952', OXO_HOST: '0.0.0.0' }
  readEnvironment(options, env)
  assert.deepEqual(env, { OXO_HOST: '0.0.0.0' })
})

test('the commands follow these rules for their variables', async () => {
  const refused = await run(['serve'], { env: { OXO_NO_PAGES: 'perhaps' } })
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^OXO_NO_PAGES=perhaps is not understood: use true or false .*\.\n$/)
  for (const [name, value] of [
    ['OXO_PORT', '80x'],
    ['OXO_RATE_LIMIT', '-1'],
    ['OXO_NATS_REPLICAS', '2'],
    ['OXO_PORT', '65536'],
  ] as const) {
    const { code, stderr } = await run(['serve'], { env: { [name]: value } })
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(`'${value}' from env '${name}' is invalid\\. [A-Z].*\\.`))
  }
  const exported = await run(['export', '--journal', 'sqlite:nothing-here'], {
    env: { OXO_NATS_ALLOW_OLD: 'x' },
  })
  assert.equal(exported.code, 2)
})
