/** Three NATS servers and three nodes of Oxo, each in a process of its own. */
import { type Client, connect, dialTcp } from '../../src/client/node/index.ts'
import { NatsCluster, type NatsClusterOptions } from '../lib/nats-cluster.ts'
import { ServerProcess } from '../server-process.ts'

const secret = 'the nodes of this test share a secret that is no secret'

export interface NodesOptions {
  readonly servers?: NatsClusterOptions
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

  private constructor(nats: NatsCluster, list: ServerProcess[], options: NodesOptions) {
    this.nats = nats
    this.list = list
    this.#options = options
  }

  static async start(options: NodesOptions = {}): Promise<Nodes> {
    const nats = await NatsCluster.start({ servers: 3, ...options.servers })
    try {
      const list = await Promise.all([0, 1, 2].map((place) => startNode(nats.url, { place, port: 0, options })))
      return new Nodes(nats, list, options)
    } catch (cause) {
      await nats[Symbol.asyncDispose]()
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
    this.list[place] = await startNode(this.nats.url, { place, port, options: this.#options })
  }

  /** A client that begins at one node, and takes the next one each time that it has to dial again. */
  connect(place: number): Client {
    let next = place
    return connect(`tcp://node-${place}`, {
      giveUpMs: Infinity,
      transport: (_, listener) => {
        const { host, port } = this.at(next++)
        return dialTcp(new URL(`tcp://${host}:${port}`), listener)
      },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.list) process.kill(node.pid, 'SIGCONT')
    await Promise.all(this.list.map((node) => node.kill()))
    await this.nats[Symbol.asyncDispose]()
  }
}

interface Start {
  readonly place: number
  readonly port: number
  readonly options: NodesOptions
}

function startNode(journal: string, { place, port, options }: Start): Promise<ServerProcess> {
  const { host = () => '127.0.0.1', inside = () => [], script = ['src/cli/main.ts', 'serve'] } = options
  const quiet = ['--no-pages', '--log-level', 'silent']
  const unlimited = ['--rate-limit', '0', '--connections-per-address', '0']
  const flags = ['--host', host(place), '--port', String(port), '--journal', journal, ...quiet, ...unlimited]
  return ServerProcess.start([...script, ...flags], { env: { OXO_SECRET: secret }, under: inside(place) })
}
