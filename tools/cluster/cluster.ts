/**
 * `npm run cluster`: runs three NATS servers and three nodes on this machine, for experiments with failures. A killed
 * process starts again after a delay. Ctrl-C ends all of them and deletes their data.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findFreePorts } from '../../src/base/node/index.ts'
import { LocalProcess } from './local-process.ts'
import { makeNatsUrl } from './nats-config.ts'
import { NatsServer } from './nats-server.ts'
import { findNatsServerOnPath, findOrInstallNatsServer } from './nats.ts'

const host = '127.0.0.1'
const count = 3
const main = join(import.meta.dirname, '../../src/cli/main.ts')

const usage = `npm run cluster -- [--port 1952] [--restart 10] [--partitions 1]

  --port        port of the first node; the others use the next ones; 0: any free ports
  --restart     seconds until a killed process starts again; 0: never
  --partitions  number of streams among which the games are divided`

interface Settings {
  readonly port: number
  readonly partitions: string
  readonly restartMs: number
}

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '1952' },
      restart: { type: 'string', default: '10' },
      partitions: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) throw new Error(usage)
  const [port, restart] = [values.port, values.restart].map(Number)
  const isPort = port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535 - count
  if (!isPort || restart === undefined || !(restart >= 0)) throw new Error(usage)
  return { port, restartMs: restart * 1000, partitions: values.partitions }
}

class LocalCluster {
  readonly #settings: Settings
  readonly #folder = mkdtempSync(join(tmpdir(), 'oxo-cluster-'))
  readonly #cleaner: ChildProcess
  readonly #restarts = new Set<NodeJS.Timeout>()
  #servers: readonly NatsServer[] = []
  #nodes: readonly LocalProcess[] = []
  #isStarted = false
  #isStopping = false

  constructor(settings: Settings) {
    this.#settings = settings
    // In a process group of its own, so that Ctrl-C does not reach it.
    this.#cleaner = spawn(process.execPath, [join(import.meta.dirname, 'cleaner.ts'), this.#folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#cleaner.stdin?.on('error', () => {})
  }

  async start(): Promise<void> {
    const program = findCurrentServer()
    const natsPorts = await findFreePorts(count * 3)
    const { port } = this.#settings
    const nodePorts =
      port === 0 ? await findFreePorts(count) : Array.from({ length: count }, (_, index) => port + index)
    this.#servers = Array.from({ length: count }, (_, index) => this.#makeServer(program, natsPorts, index))
    await Promise.all(this.#servers.map((server) => this.#run(server)))
    this.#nodes = nodePorts.map((nodePort, index) => this.#makeNode(nodePort, index))
    // One after the other: the first node creates the streams.
    for (const node of this.#nodes) await this.#run(node)
    this.#isStarted = true
    console.log(this.#banner())
  }

  /** Resolves when the part serves. @throws Error if its address is in use, or it does not serve in time */
  async #run(part: LocalProcess): Promise<void> {
    // Another server at this address would be taken for this part.
    if (await part.isHealthy())
      throw new Error(`${part.url} is already in use: stop the server there, or choose free ports with --port 0`)
    await part.start()
    const { pid } = part
    this.#cleaner.stdin?.write(`+${pid}\n`)
    if (this.#isStarted) console.log(`${part.name} runs again: kill -9 ${pid}`)
    void part.gone.then(() => this.#ended(part, pid))
    await part.ready()
  }

  #ended(part: LocalProcess, pid: number): void {
    this.#cleaner.stdin?.write(`-${pid}\n`)
    const { restartMs } = this.#settings
    if (this.#isStopping || !this.#isStarted) return
    const next = restartMs === 0 ? '' : `; it starts again in ${restartMs / 1000} s`
    console.log(`${part.name} (${pid}) is gone${next}`)
    if (restartMs === 0) return
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#run(part).catch((cause: unknown) => this.#isStopping || console.error(String(cause)))
    }, restartMs)
    this.#restarts.add(timer)
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#restarts) clearTimeout(timer)
    await Promise.all(this.#nodes.map((node) => node.stop()))
    await Promise.all(this.#servers.map((server) => server.stop()))
    const gone = once(this.#cleaner, 'exit')
    this.#cleaner.stdin?.end()
    await gone
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #makeServer(program: string, ports: readonly number[], index: number): NatsServer {
    const [client = 0, monitor = 0, route = 0] = ports.slice(index * 3, index * 3 + 3)
    const name = `nats-${index + 1}`
    const store = join(this.#folder, name)
    mkdirSync(store)
    const plan = {
      name,
      store,
      password: secret,
      clients: `${host}:${client}`,
      monitor: `${host}:${monitor}`,
      route: `${host}:${route}`,
      routes: ports.filter((_, at) => at % 3 === 2).map((other) => `${host}:${other}`),
    }
    return new NatsServer({ command: [program], folder: this.#folder, plan })
  }

  #makeNode(port: number, index: number): LocalProcess {
    const [name, url] = [`node-${index + 1}`, `http://${host}:${port}`]
    const journal = makeNatsUrl(
      secret,
      this.#servers.map(({ clients }) => clients),
    )
    const env = {
      OXO_JOURNAL: journal,
      OXO_NATS_MONITOR: this.#servers.map(({ monitor }) => monitor).join(','),
      OXO_NATS_PARTITIONS: this.#settings.partitions,
      OXO_SECRET: secret,
      OXO_LOG_LEVEL: 'warn',
    }
    const command = [process.execPath, main, 'serve', '--port', String(port)]
    return new LocalProcess({
      name,
      url,
      command,
      env,
      log: join(this.#folder, `${name}.log`),
      health: `${url}/readyz`,
    })
  }

  #banner(): string {
    const line = ({ pid, name, url }: LocalProcess): string => `  ${name}  ${url.padEnd(24)}  kill -9 ${pid}`
    const [first = '', second = ''] = this.#nodes.map(({ url }) => url)
    const [, port = ''] = /:(\d+)$/.exec(second) ?? []
    return [
      'Three NATS servers and three nodes; every move is on the disks of two servers before it is acknowledged.',
      '',
      ...this.#nodes.map(line),
      ...this.#servers.map(line),
      '',
      `  status          ${first}/cluster, or oxo cluster status ${first}`,
      `  a move          printf 'X 1 1\\n' | nc ${host} ${/\d+$/.exec(first)?.[0] ?? ''}`,
      `  another node    printf 'O 0 0\\n' | nc ${host} ${port}`,
      '',
      `Kill any of them and continue on another one. Logs and data are in ${this.#folder}; Ctrl-C ends and deletes all.`,
      '',
    ].join('\n')
  }
}

/** The program in `OXO_NATS_SERVER`, in the path or in the cache; otherwise it is fetched. @throws Error that says what to do */
function findCurrentServer(): string {
  return findNatsServerOnPath() ?? findOrInstallNatsServer('current')
}

const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')

async function run(): Promise<void> {
  const cluster = new LocalCluster(readSettings())
  const stopRequested = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopRequested.resolve())
  try {
    await Promise.race([cluster.start(), stopRequested.promise])
    await stopRequested.promise
    console.log('Stopping.')
  } finally {
    await cluster.stop()
  }
}

try {
  await run()
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 1
}
