/** Three NATS servers and three nodes on this machine, each a process. They end, and their data goes, with the launcher. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { holdingClock, type Timer } from '../../base/index.ts'
import { fileBeside, findFreePorts } from '../../base/node/index.ts'
import { LocalProcess } from './local-process.ts'
import { makeNatsUrl, replaceOnce } from './nats-config.ts'
import { NatsServer } from './nats-server.ts'
import { Relay } from './relay.ts'

export const localHost = '127.0.0.1'
const count = 3

export interface LocalClusterOptions {
  /** The program nats-server. */
  readonly natsServer: string
  /** The command `oxo`. */
  readonly oxo: readonly string[]
  /** The port of the first node; the others use the next ones. 0: any free ports. */
  readonly port: number
  /** How long after its end a process is started again, in ms; 0: never. */
  readonly restartMs: number
  readonly partitions: number
  /** Whether nodes can be cut off from the NATS servers: then their connections pass relays. */
  readonly canCut?: boolean
}

export class LocalCluster {
  readonly #options: LocalClusterOptions
  readonly folder = mkdtempSync(join(tmpdir(), 'oxo-cluster-'))
  readonly #secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  readonly #cleaner: ChildProcess
  readonly #restarts = new Set<Timer>()
  readonly #relays = new Map<LocalProcess, readonly Relay[]>()
  #servers: readonly NatsServer[] = []
  #nodes: readonly LocalProcess[] = []
  #isStarted = false
  #isStopping = false

  constructor(options: LocalClusterOptions) {
    this.#options = options
    // In a process group of its own, so that Ctrl-C does not reach it.
    const cleaner = fileURLToPath(fileBeside(import.meta.url, 'cleaner'))
    this.#cleaner = spawn(process.execPath, [cleaner, this.folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#cleaner.stdin?.on('error', () => {})
  }

  get nodes(): readonly LocalProcess[] {
    return this.#nodes
  }

  get servers(): readonly LocalProcess[] {
    return this.#servers
  }

  async start(): Promise<void> {
    const free = await findFreePorts(count * 4)
    const { port } = this.#options
    const nodePorts = port === 0 ? free.slice(count * 3) : Array.from({ length: count }, (_, index) => port + index)
    this.#servers = Array.from({ length: count }, (_, index) => this.#makeServer(free.slice(0, count * 3), index))
    await Promise.all(this.#servers.map((server) => this.run(server)))
    const nodes: LocalProcess[] = []
    for (const [index, nodePort] of nodePorts.entries()) nodes.push(await this.#makeNode(nodePort, index))
    this.#nodes = nodes
    // One after the other: the first node creates the streams.
    for (const node of nodes) await this.run(node)
    this.#isStarted = true
  }

  /** Resolves when the part serves. @throws Error if its address is in use, or it does not serve in time */
  async run(part: LocalProcess): Promise<void> {
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

  isCut(part: LocalProcess): boolean {
    return this.#relays.get(part)?.some(({ isHeld }) => isHeld) === true
  }

  /** Cuts a node off from all NATS servers: what they send to each other waits in the relays. */
  cut(node: LocalProcess): void {
    for (const relay of this.#relays.get(node) ?? []) relay.hold()
  }

  join(node: LocalProcess): void {
    for (const relay of this.#relays.get(node) ?? []) relay.release()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#restarts) timer.cancel()
    for (const node of this.#nodes) this.join(node)
    await Promise.all(this.#nodes.map((node) => node.stop()))
    await Promise.all(this.#servers.map((server) => server.stop()))
    await Promise.all([...this.#relays.values()].flat().map((relay) => relay[Symbol.asyncDispose]()))
    const gone = once(this.#cleaner, 'exit')
    this.#cleaner.stdin?.end()
    await gone
    rmSync(this.folder, { recursive: true, force: true })
  }

  #ended(part: LocalProcess, pid: number): void {
    this.#cleaner.stdin?.write(`-${pid}\n`)
    const { restartMs } = this.#options
    if (this.#isStopping || !this.#isStarted) return
    const next = restartMs === 0 ? '' : `; it starts again in ${restartMs / 1000} s`
    console.log(`${part.name} (${pid}) is gone${next}`)
    if (restartMs === 0) return
    const timer = holdingClock.after(restartMs, () => {
      this.#restarts.delete(timer)
      this.run(part).catch((cause: unknown) => this.#isStopping || console.error(String(cause)))
    })
    this.#restarts.add(timer)
  }

  #makeServer(ports: readonly number[], index: number): NatsServer {
    const { natsServer, canCut = false } = this.#options
    const [client = 0, monitor = 0, route = 0] = ports.slice(index * 3, index * 3 + 3)
    const name = `nats-${index + 1}`
    const store = join(this.folder, name)
    mkdirSync(store)
    const plan = {
      name,
      store,
      password: this.#secret,
      clients: `${localHost}:${client}`,
      monitor: `${localHost}:${monitor}`,
      route: `${localHost}:${route}`,
      routes: ports.filter((_, at) => at % 3 === 2).map((other) => `${localHost}:${other}`),
    }
    // Servers tell nodes the addresses of the other servers, by which nodes would avoid the relays.
    const edit = (config: string): string =>
      canCut ? replaceOnce(config, 'cluster {\n', 'cluster {\n  no_advertise: true\n') : config
    return new NatsServer({ command: [natsServer], folder: this.folder, plan, edit })
  }

  async #makeNode(port: number, index: number): Promise<LocalProcess> {
    const { oxo, partitions, canCut = false } = this.#options
    const [name, url] = [`node-${index + 1}`, `http://${localHost}:${port}`]
    const places = this.#servers.map(({ clients }) => ({ host: localHost, port: Number(clients.split(':')[1]) }))
    const relays = canCut ? await Promise.all(places.map((place) => Relay.open(place))) : []
    const ports = (canCut ? relays : places).map((place) => `${localHost}:${place.port}`)
    const env = {
      OXO_JOURNAL: makeNatsUrl(this.#secret, ports),
      OXO_NATS_MONITOR: this.#servers.map(({ monitor }) => monitor).join(','),
      OXO_NATS_PARTITIONS: String(partitions),
      OXO_SECRET: this.#secret,
      OXO_LOG_LEVEL: 'warn',
    }
    const command = [...oxo, 'serve', '--port', String(port)]
    const log = join(this.folder, `${name}.log`)
    const node = new LocalProcess({ name, url, command, env, log, health: `${url}/readyz` })
    this.#relays.set(node, relays)
    return node
  }
}
