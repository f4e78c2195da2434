/** Checks every transport against the contract, over real sockets where it uses sockets. */
import { test } from 'node:test'
import { openTransportStand } from '../../../e2e/lib/transport-stand.ts'
import { StubTransport } from '../testing/stub-transport.ts'
import { transportContract, type TransportPeer, type TransportStand } from '../transport-contract.ts'
import { dialWebSocket } from '../web-socket.ts'
import { dialTcp } from './tcp.ts'

/** The in-memory wire of the tests, with a server that accepts each connection and reads at once. */
async function openWire(): Promise<TransportStand> {
  const wire = new StubTransport()
  const nowhere = new URL('ws://nowhere')
  const heard: string[] = []
  const listen = (): void => {
    while (wire.waiting.length > 0) heard.push(JSON.stringify(wire.hear('m')))
  }
  let isOver = false
  const end = (): void => {
    listen()
    isOver = true
    if (wire.isConnected) wire.cut('over')
  }
  const peer: TransportPeer = {
    get heard() {
      listen()
      return heard
    },
    get isOver() {
      return isOver || !wire.isConnected
    },
    say(...messages) {
      for (const message of messages) if (wire.isConnected) wire.sayText(message)
    },
    end,
    cut: end,
  }
  return {
    dial(url, listener) {
      const transport = wire.dial(url, listener)
      queueMicrotask(() => {
        if (!wire.isConnected) return
        if (url === nowhere) wire.cut('nobody is there')
        else wire.open()
      })
      return transport
    },
    url: new URL('ws://here'),
    nowhere,
    peer: async () => peer,
    connections: () => (wire.isConnected ? 1 : 0),
    settle: () => Promise.resolve(),
  }
}

for (const { title, run } of transportContract) {
  test(`TCP: ${title}`, async (t) => run(await openTransportStand(t, 'tcp', dialTcp)))
  test(`WebSocket: ${title}`, async (t) => run(await openTransportStand(t, 'ws', dialWebSocket)))
  test(`the wire of tests: ${title}`, async () => run(await openWire()))
}
