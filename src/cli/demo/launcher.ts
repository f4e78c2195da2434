/** Runs a local cluster until a signal, and with it, if it is asked for, the page that shows and disturbs it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { demoPath } from '../../protocol/demo.ts'
import { Balancer } from './balancer.ts'
import { BotsGame } from './bots-game.ts'
import { Control } from './control.ts'
import { LocalCluster, type LocalClusterOptions, localHost } from './local-cluster.ts'
import type { LocalProcess } from './local-process.ts'

export interface LauncherOptions extends Omit<LocalClusterOptions, 'canCut'> {
  /** Whether to open the page with its balancer, buttons and bots, at `port`; the nodes then use the next ones. */
  readonly isDemo: boolean
}

/** Resolves after a signal, when everything has ended. */
export async function runLocalCluster({ isDemo, port, ...options }: LauncherOptions): Promise<void> {
  const nodePort = isDemo && port > 0 ? port + 1 : port
  const cluster = new LocalCluster({ ...options, port: nodePort, canCut: isDemo })
  const stopRequested = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopRequested.resolve())
  let demo: Demo | null = null
  try {
    const started = cluster.start().then(async () => {
      demo = isDemo ? await Demo.open(cluster, port) : null
      console.log(makeBanner(cluster, demo))
    })
    await Promise.race([started, stopRequested.promise])
    await stopRequested.promise
    console.log('Stopping.')
  } finally {
    ;(demo as Demo | null)?.close()
    await cluster.stop()
  }
}

class Demo {
  readonly #server: Server
  readonly #balancer: Balancer
  readonly #bots: BotsGame
  /** The address of the page, which holds the token after `#`: browsers send that to no server. */
  readonly url: string

  private constructor(server: Server, balancer: Balancer, cluster: LocalCluster) {
    this.#server = server
    this.#balancer = balancer
    const { port } = server.address() as AddressInfo
    const host = `${localHost}:${port}`
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
    this.url = `http://${host}/cluster#demo=${token}`
    this.#bots = new BotsGame(`http://${host}`)
    const control = new Control({ cluster, bots: this.#bots, host, token })
    server.on('request', (request, response) => {
      if (request.url === demoPath) void control.answer(request, response).catch(() => response.destroy())
      else balancer.pass(request, response)
    })
    server.on('upgrade', (request, socket, head) => balancer.passUpgrade(request, socket, head))
  }

  static async open(cluster: LocalCluster, port: number): Promise<Demo> {
    const server = createServer()
    server.listen(port, localHost)
    await once(server, 'listening')
    return new Demo(server, new Balancer(cluster.nodes.map(({ url }) => url)), cluster)
  }

  close(): void {
    this.#bots.close()
    this.#balancer.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function makeBanner({ nodes, servers, folder }: LocalCluster, demo: Demo | null): string {
  const line = ({ pid, name, url }: LocalProcess): string => `  ${name}  ${url.padEnd(24)}  kill -9 ${pid}`
  const [first = '', second = ''] = nodes.map(({ url }) => url)
  const portOf = (url: string): string => new URL(url).port
  const page = [
    'Open this page. It has buttons that kill, freeze, cut off and start these processes, and a game of two bots:',
    '',
    `  ${demo?.url}`,
    '',
    'Everybody who uses this machine and has the address can press them; other machines cannot reach it.',
    '',
  ]
  return [
    'Three NATS servers and three nodes; every move is on the disks of two servers before it is acknowledged.',
    '',
    ...(demo === null ? [] : page),
    ...nodes.map(line),
    ...servers.map(line),
    '',
    `  status          ${first}/cluster, or oxo cluster status ${first}`,
    `  a move          printf 'X 1 1\\n' | nc ${localHost} ${portOf(first)}`,
    `  another node    printf 'O 0 0\\n' | nc ${localHost} ${portOf(second)}`,
    '',
    `Kill any of them and continue on another one. Logs and data are in ${folder}; Ctrl-C ends and deletes all.`,
    '',
  ].join('\n')
}
