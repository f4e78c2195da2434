/** Runs three NATS servers with the configuration of deploy/nats, unchanged except for addresses, and checks it. */
import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { NatsCluster } from './lib/nats-cluster.ts'
import { ServerProcess } from './lib/server-process.ts'
import { openJetStreamJournal } from '../src/journal/jetstream/index.ts'
import { LocalProcess } from '../src/cli/demo/local-process.ts'
import { findNatsServer } from '../tools/cluster/nats.ts'

const configuration = readFileSync(join(import.meta.dirname, '../deploy/nats/nats.conf'), 'utf8')

test('three servers with the configuration of deploy/ give the durability disk, and accept only clients with the password', async (t) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'oxo-configuration-'))
  const [a, b] = crypto.getRandomValues(new Uint8Array(2))
  const addresses = [1, 2, 3].map((last) => `127.${a ?? 0}.${b ?? 0}.${last}`)
  const password = 'a-password'
  const routes = addresses.map((address, index) => [
    `NATS_ROUTE_${index + 1}`,
    `nats-route://route:${password}@${address}:6222`,
  ])
  const servers = addresses.map((address, index) => {
    const file = join(folder.path, `${index}.conf`)
    writeFileSync(file, configuration.replaceAll('0.0.0.0', address))
    const store = join(folder.path, String(index))
    const own = { NATS_NAME: `nats-${index + 1}`, NATS_STORE: store, NATS_PASSWORD: password }
    return new LocalProcess({
      name: address,
      url: `nats://${address}:4222`,
      command: [findNatsServer('current'), '-c', file],
      env: { ...own, ...Object.fromEntries(routes) },
      log: join(folder.path, `${index}.log`),
      health: `http://${address}:8222/healthz`,
    })
  })
  t.after(() => Promise.all(servers.map((server) => server.stop('SIGKILL'))))
  await Promise.all(servers.map((server) => server.start()))
  for (const server of servers) await server.ready()
  const hostPorts = addresses.map((address) => `${address}:4222`).join(',')
  const monitors = addresses.map((address) => `http://${address}:8222`)
  const options = { url: `nats://oxo:${password}@${hostPorts}`, monitors, durability: 'disk' } as const
  const journal = await openJetStreamJournal(options)
  try {
    assert.equal(journal.durability, 'disk')
    assert.equal(await journal.append('game', 0, 'the first entry'), 'stored')
  } finally {
    await journal.close()
  }
  await assert.rejects(openJetStreamJournal({ ...options, url: `nats://oxo:guess@${hostPorts}` }), {
    fault: 'unavailable',
  })
})

test('the built program opens its journal on NATS', async () => {
  await using nats = await NatsCluster.start()
  const flags = ['serve', '--port', '0', '--no-pages', '--journal', nats.url, '--nats-replicas', '1']
  await using server = await ServerProcess.start(['bin/oxo.js', ...flags], { env: { OXO_SECRET: 'x'.repeat(40) } })
  const move = { jsonrpc: '2.0', id: 1, method: 'game.move', params: { game: 'main', x: 1, y: 1 } }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/rpc`, { method: 'POST', headers, body: JSON.stringify(move) })
  assert.match(await answer.text(), /"version":2/)
})
