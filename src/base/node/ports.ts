/** Ports of this machine: free ones for servers that must be told their port before they start, and who listens. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Below the ports that Linux, macOS and Windows give to outgoing connections: no connection takes one meanwhile. */
const lowest = 10_000
const end = 32_000
/** How many times ports are chosen until all of them are free. */
const attemptsMax = 20

/**
 * Finds `count` ports that follow each other and at which nothing listens on any address of this machine. They are chosen at
 * random: a server that starts soon is alone there, but nothing reserves them.
 * @throws the system's error if ports are in use again and again
 */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt++) {
    const first = randomInt(lowest, end - count)
    const ports = Array.from({ length: count }, (_, index) => first + index)
    const servers = ports.map((port) => createServer().listen(port))
    const opened = await Promise.allSettled(servers.map((server) => once(server, 'listening')))
    const open = servers.filter(({ listening }) => listening)
    await Promise.all(open.map((server) => once(server.close(), 'close')))
    const failed = opened.find((result) => result.status === 'rejected')
    if (failed === undefined) return ports
    if (attempt === attemptsMax) throw failed.reason
  }
}

/** One such port. @throws as `findFreePorts` does */
export async function findFreePort(): Promise<number> {
  const [port = 0] = await findFreePorts(1)
  return port
}

/** Whether a connection to the address is accepted. */
export async function isListening(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  const socket = connect(address)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
