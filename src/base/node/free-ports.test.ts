import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { findFreePorts } from './free-ports.ts'

test('free ports differ, nothing listens there, and no outgoing connection gets one', async (t) => {
  const ports = await findFreePorts(50)
  assert.equal(new Set(ports).size, 50)
  for (const port of ports) {
    const server = createServer().listen(port)
    t.after(() => server.close())
    await once(server, 'listening')
  }
  if (process.platform !== 'linux') return
  const [firstOutgoing] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').split('\t')
  assert.ok(Math.max(...ports) < Number(firstOutgoing))
})
