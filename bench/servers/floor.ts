/** The minimal server in Node, for comparison: `net`, one chunk in, two out; no parsing, no game, nothing stored. */
import { createServer, type AddressInfo, type Socket } from 'node:net'

let waiting: Socket | undefined

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  if (waiting === undefined) {
    waiting = socket
    return
  }
  pair(waiting, socket)
  waiting = undefined
})

function pair(one: Socket, other: Socket): void {
  const both = (chunk: Buffer): void => {
    one.write(chunk)
    other.write(chunk)
  }
  one.on('data', both)
  other.on('data', both)
}

server.listen(0, '127.0.0.1', 4_096, () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
