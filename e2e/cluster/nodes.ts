/** Three NATS servers and three nodes of Oxo, each in a process of its own. */
import { type Client, connect, dialTcp } from '../../src/client/node/index.ts'
import { NatsCluster, type NatsClusterOptions } from '../lib/nats-cluster.ts'
import { ServerProcess } from '../server-process.ts'

const secret = 'the nodes of this test share a secret that is no secret'

export class Nodes implements AsyncDisposable {
  readonly nats: NatsCluster
  /** By place: a node that starts again has the place and the port of the one before it. */
  readonly list: ServerProcess[]

  private constructor(nats: NatsCluster, list: ServerProcess[]) {
    this.nats = nats
    this.list = list
  }

  static async start(options: NatsClusterOptions = {}): Promise<Nodes> {
    const nats = await NatsCluster.start({ servers: 3, ...options })
    try {
      const list = await Promise.all([0, 1, 2].map(() => startNode(nats.url, 0)))
      return new Nodes(nats, list)
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
    this.list[place] = await startNode(this.nats.url, this.at(place).port)
  }

  /** A client that begins at one node, and takes the next one each time that it has to dial again. */
  connect(place: number): Client {
    let next = place
    return connect(`tcp://node-${place}`, {
      transport: (_, listener) => dialTcp(new URL(`tcp://127.0.0.1:${this.at(next++).port}`), listener),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.list) process.kill(node.pid, 'SIGCONT')
    await Promise.all(this.list.map((node) => node.kill()))
    await this.nats[Symbol.asyncDispose]()
  }
}

function startNode(journal: string, port: number): Promise<ServerProcess> {
  const quiet = ['--no-pages', '--log-level', 'silent']
  const unlimited = ['--rate-limit', '0', '--connections-per-address', '0']
  const flags = ['--port', String(port), '--journal', journal, ...quiet, ...unlimited]
  return ServerProcess.start(['src/cli/main.ts', 'serve', ...flags], { env: { OXO_SECRET: secret } })
}
