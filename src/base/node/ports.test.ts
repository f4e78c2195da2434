import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { findFreePorts, isListening } from './ports.ts'

test('free ports follow each other, nothing listens there, and no outgoing connection gets one', async (t) => {
  const ports = await findFreePorts(50)
  assert.deepEqual(
    ports,
    ports.map((_, index) => (ports[0] ?? 0) + index),
  )
  for (const port of ports) {
    assert.equal(await isListening({ host: '127.0.0.1', port }), false)
    const server = createServer().listen(port)
    t.after(() => server.close())
    await once(server, 'listening')
    assert.equal(await isListening({ host: '127.0.0.1', port }), true)
  }
  if (process.platform !== 'linux') return
  const [firstOutgoing] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').split('\t')
  assert.ok(Math.max(...ports) < Number(firstOutgoing))
})
