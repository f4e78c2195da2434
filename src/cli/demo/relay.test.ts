import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { holdingClock, sleep } from '../../base/index.ts'
import { Relay } from './relay.ts'

test('[D1] a relay that holds lets no byte pass, in new connections too; what was held arrives once it is released', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const relay = await Relay.open({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  t.after(async () => {
    server.close()
    await relay[Symbol.asyncDispose]()
  })
  const heard: string[] = []
  const open = async (): Promise<Socket> => {
    const socket = connect(relay.port, '127.0.0.1')
    socket.on('data', (bytes) => heard.push(String(bytes)))
    await once(socket, 'connect')
    return socket
  }
  const first = await open()
  first.write('a')
  await once(first, 'data')
  relay.hold()
  const second = await open()
  first.write('b')
  second.write('c')
  await sleep(holdingClock, 100)
  assert.deepEqual([relay.isHeld, ...heard], [true, 'a'])
  const both = Promise.all([once(first, 'data'), once(second, 'data')])
  relay.release()
  await both
  assert.deepEqual(heard.toSorted(), ['a', 'b', 'c'])
})
