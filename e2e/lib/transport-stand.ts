/** A server with real sockets for checks of transports: the check decides what it sends, reads and breaks. */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { WebSocketServer } from 'ws'
import { holdingClock } from '../../src/base/index.ts'
import type { Dial } from '../../src/client/index.ts'
import type { TransportPeer, TransportStand } from '../../src/client/transport-contract.ts'
import { makeFrame } from '../../src/gateway/websocket.ts'

/** Longer than a message takes on this machine unless it is held back, in ms. */
const settleMs = 20

/** Creates a server that passes its end of each connection to `onPeer`. */
type Serve = (onPeer: (peer: TransportPeer) => void) => Server

const serveLines: Serve = (onPeer) => createServer({ allowHalfOpen: true }, (socket) => onPeer(makeLinesPeer(socket)))

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

const serveWebSocket: Serve = (onPeer) => {
  const server = createHttpServer()
  new WebSocketServer({ server }).on('connection', (ws, { socket }) => {
    const heard: string[] = []
    ws.on('message', (data: Buffer) => heard.push(data.toString())).on('error', () => {})
    onPeer({
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
}

/** Sends each byte in a separate packet. */
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

/** Opens a server for one check; it is closed after the test. */
export async function openTransportStand(t: TestContext, scheme: 'tcp' | 'ws', dial: Dial): Promise<TransportStand> {
  const serve = scheme === 'tcp' ? serveLines : serveWebSocket
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
