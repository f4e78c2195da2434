/** Ports for servers that must be told their port before they start. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below the ports that Linux, macOS and Windows give to outgoing connections: no connection takes one meanwhile. */
const lowest = 10_000
const end = 32_000
/** How many ports are tried for each one that is wanted. */
const attemptsMax = 20

/**
 * Finds different ports at which nothing listens on any address of this machine. They are chosen at random: a server that
 * starts soon is alone there, but nothing reserves them.
 * @throws the system's error if ports are in use again and again
 */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers = new Map<number, Server>()
  while (servers.size < count) {
    const [port, server] = await listenSomewhere()
    servers.set(port, server)
  }
  await Promise.all(Array.from(servers.values(), (server) => once(server.close(), 'close')))
  return [...servers.keys()]
}

/** One such port. @throws as `findFreePorts` does */
export async function findFreePort(): Promise<number> {
  const [port = 0] = await findFreePorts(1)
  return port
}

async function listenSomewhere(): Promise<readonly [port: number, Server]> {
  for (let attempt = 1; ; attempt++) {
    const port = randomInt(lowest, end)
    const server = createServer().listen(port)
    try {
      await once(server, 'listening')
      return [port, server]
    } catch (cause) {
      if (attempt === attemptsMax) throw cause
    }
  }
}
