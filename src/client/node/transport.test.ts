/** Every transport against the contract, over real sockets where there are any. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { test, type TestContext } from 'node:test'
import { WebSocketServer } from 'ws'
import { holdingClock } from '../../base/index.ts'
import { makeFrame } from '../../gateway/websocket.ts'
import { Wire } from '../testing/wire.ts'
import { transportContract, type TransportPeer, type TransportStand } from '../transport-contract.ts'
import type { Dial } from '../transport.ts'
import { dialWebSocket } from '../web-socket.ts'
import { dialTcp } from './tcp.ts'

/** Longer than anything takes to arrive on this machine that is not held back. */
const settleMs = 20

interface Way {
  readonly scheme: 'tcp' | 'ws'
  readonly dial: Dial
  /** Calls back with the server's end of each connection. */
  readonly serve: (meet: (peer: TransportPeer) => void) => Server
}

const tcp: Way = {
  scheme: 'tcp',
  dial: dialTcp,
  serve: (meet) => createServer({ allowHalfOpen: true }, (socket) => meet(makeLinesPeer(socket))),
}

function makeLinesPeer(socket: Socket): TransportPeer {
  const heard: string[] = []
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    heard.push(...lines)
  })
  socket.on('error', () => {}).on('end', () => socket.end())
  return {
    heard,
    get isOver() {
      return socket.closed
    },
    say: (...messages) => void socket.write(messages.map((message) => `${message}\n`).join('')),
    sayInPieces: (message) => sendBytes(socket, Buffer.from(`${message}\n`)),
    end: () => void socket.end(),
    endHalf: () => void socket.end(),
    cut: () => void socket.resetAndDestroy(),
    setReading: (isReading) => void (isReading ? socket.resume() : socket.pause()),
  }
}

const webSocket: Way = {
  scheme: 'ws',
  dial: dialWebSocket,
  serve(meet) {
    const server = createHttpServer()
    new WebSocketServer({ server }).on('connection', (ws, { socket }) => {
      const heard: string[] = []
      ws.on('message', (data: Buffer) => heard.push(data.toString())).on('error', () => {})
      meet({
        heard,
        get isOver() {
          return ws.readyState === ws.CLOSED
        },
        say(...messages) {
          socket.cork()
          for (const message of messages) ws.send(message)
          socket.uncork()
        },
        sayInPieces: (message) => sendBytes(socket, Buffer.from(makeFrame(message), 'latin1')),
        end: () => ws.close(),
        cut: () => void socket.resetAndDestroy(),
        setReading: (isReading) => (isReading ? ws.resume() : ws.pause()),
      })
    })
    return server
  },
}

/** A byte at a time, each a packet of its own. */
async function sendBytes(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay()
  for (const byte of bytes) {
    await new Promise((resolve) => socket.write(Buffer.of(byte), resolve))
    await new Promise(setImmediate)
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function open(t: TestContext, { scheme, dial, serve }: Way): Promise<TransportStand> {
  const first = Promise.withResolvers<TransportPeer>()
  const sockets = new Set<Socket>()
  const server = serve(first.resolve)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const empty = createServer()
  const [port, nowhere] = [await listen(server), await listen(empty)]
  empty.close()
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    dial,
    url: new URL(`${scheme}://127.0.0.1:${port}`),
    nowhere: new URL(`${scheme}://127.0.0.1:${nowhere}`),
    peer: () => first.promise,
    connections: () => sockets.size,
    settle: () => new Promise((resolve) => void holdingClock.after(settleMs, resolve)),
  }
}

/** The double of tests, with somebody who lets each connection come about and listens at once. */
async function openWire(): Promise<TransportStand> {
  const wire = new Wire()
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
  test(`TCP: ${title}`, async (t) => run(await open(t, tcp)))
  test(`WebSocket: ${title}`, async (t) => run(await open(t, webSocket)))
  test(`the wire of tests: ${title}`, async () => run(await openWire()))
}
