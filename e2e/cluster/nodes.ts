/** Three NATS servers and several Oxo nodes, each in a separate process. */
import { type Client, connect, dialTcp } from '../../src/client/node/index.ts'
import { NatsCluster, type NatsClusterOptions } from '../lib/nats-cluster.ts'
import { program, ServerProcess } from '../lib/server-process.ts'

const secret = 'the nodes of this test share a secret that is public'

export interface NodesOptions {
  readonly servers?: NatsClusterOptions
  /** The number of nodes; three by default. */
  readonly count?: number
  /** Additional flags of each node. */
  readonly flags?: readonly string[]
  /** Nodes whose NATS servers are used too, with a separate journal. The servers then outlive these nodes. */
  readonly beside?: Nodes
  /** The address on which node `place` listens. */
  readonly host?: (place: number) => string
  /** The command prefix of node `place`. */
  readonly inside?: (place: number) => readonly string[]
  /** The script that runs as a node, with its first arguments; by default `oxo serve`. */
  readonly script?: readonly string[]
}

export class Nodes implements AsyncDisposable {
  readonly nats: NatsCluster
  /** Indexed by place: a restarted node keeps its place and its port. */
  readonly list: ServerProcess[]
  readonly #options: NodesOptions
  readonly #journal: string
  #clients = 0

  private constructor(nats: NatsCluster, options: NodesOptions) {
    this.nats = nats
    this.list = []
    this.#options = options
    this.#journal = options.beside === undefined ? nats.url : `${nats.url}/beside-${crypto.randomUUID().slice(0, 8)}`
  }

  static async start(options: NodesOptions = {}): Promise<Nodes> {
    const nats = options.beside?.nats ?? (await NatsCluster.start({ servers: 3, ...options.servers }))
    const nodes = new Nodes(nats, options)
    try {
      const places = Array.from({ length: options.count ?? 3 }, (_, place) => place)
      nodes.list.push(...(await Promise.all(places.map((place) => nodes.#start(place, 0)))))
      return nodes
    } catch (cause) {
      await nodes[Symbol.asyncDispose]()
      throw cause
    }
  }

  at(place: number): ServerProcess {
    const node = this.list[place % this.list.length]
    if (node === undefined) throw new Error(`there is no node ${place}`)
    return node
  }

  /** Starts a node at the place and port of one that has ended. */
  async startAgain(place: number): Promise<void> {
    const { port } = this.at(place)
    this.list[place] = await this.#start(place, port)
  }

  /** A client that begins at node `place` and dials another each time it reconnects, as through a load balancer. */
  connect(place: number): Client {
    const stride = 1 + (this.#clients++ % Math.max(1, this.list.length - 1))
    let next = place
    return connect(`tcp://node-${place}`, {
      giveUpMs: Infinity,
      transport: (_, listener) => {
        const { host, port } = this.at(next)
        next += stride
        return dialTcp(new URL(`tcp://${host}:${port}`), listener)
      },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A node that has already ended must not keep the servers from being stopped.
    for (const node of this.list) if (node.isRunning) process.kill(node.pid, 'SIGCONT')
    for (const [place, node] of this.list.entries())
      if ((await node.kill()) !== null) console.error(`node ${place} had ended by itself: ${node.complaints}`)
    if (this.#options.beside === undefined) await this.nats[Symbol.asyncDispose]()
  }

  #start(place: number, port: number): Promise<ServerProcess> {
    const { host = () => '127.0.0.1', inside = () => [], script = [program, 'serve'] } = this.#options
    const quiet = ['--no-pages', '--log-level', 'silent']
    const unlimited = ['--rate-limit', '0', '--connections-per-address', '0']
    const where = ['--host', host(place), '--port', String(port), '--journal', this.#journal]
    const flags = [...where, ...quiet, ...unlimited, ...(this.#options.flags ?? [])]
    return ServerProcess.start([...script, ...flags], { env: { OXO_SECRET: secret }, under: inside(place) })
  }
}
