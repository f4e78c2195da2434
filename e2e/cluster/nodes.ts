/** Three NATS servers and a few nodes of Oxo, each in a process of its own. */
import { type Client, connect, dialTcp } from '../../src/client/node/index.ts'
import { NatsCluster, type NatsClusterOptions } from '../lib/nats-cluster.ts'
import { program, ServerProcess } from '../lib/server-process.ts'

const secret = 'the nodes of this test share a secret that is no secret'

export interface NodesOptions {
  readonly servers?: NatsClusterOptions
  /** Nodes; three by default. */
  readonly count?: number
  /** More flags of each node. */
  readonly flags?: readonly string[]
  /** Nodes whose servers these use too, with a journal of their own; the servers remain. */
  readonly beside?: Nodes
  /** Where node `place` listens, and what goes in front of its command. */
  readonly host?: (place: number) => string
  readonly inside?: (place: number) => readonly string[]
  /** The script that runs as a node, and what comes before its flags; by default `oxo serve`. */
  readonly script?: readonly string[]
}

export class Nodes implements AsyncDisposable {
  readonly nats: NatsCluster
  /** By place: a node that starts again has the place and the port of the one before it. */
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

  /** A node in the place of one that is gone. */
  async startAgain(place: number): Promise<void> {
    const { port } = this.at(place)
    this.list[place] = await this.#start(place, port)
  }

  /** A client that begins at one node, and takes another each time that it has to dial again: as a balancer does, not all the same. */
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
    // One that has ended by itself must not keep the servers from being ended.
    for (const node of this.list) if (node.isRunning) process.kill(node.pid, 'SIGCONT')
    await Promise.all(this.list.map((node) => node.kill()))
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
