/** NATS servers in separate processes, which can be killed, paused and restarted. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { makeNatsUrl, replaceOnce } from '../../src/cli/demo/nats-config.ts'
import { NatsServer } from '../../src/cli/demo/nats-server.ts'
import { findNatsServer, type NatsServerKind } from '../../tools/cluster/nats.ts'

export interface NatsClusterOptions {
  readonly servers?: number
  readonly kind?: NatsServerKind
  /** True if every write is synced before it is acknowledged; the default. */
  readonly syncs?: boolean
  /** Folder with existing data, which the cluster then owns. See {@link NatsCluster.leave}. */
  readonly from?: string
  /** Additional lines of the configuration. */
  readonly more?: string
  /** Changes the documented configuration. */
  readonly edit?: (config: string) => string
  /** Folder in which server `index` (0, 1 …) stores; by default a temporary folder. */
  readonly store?: (index: number) => string
  /** Address on which server `index` listens; by default a random loopback address. */
  readonly address?: (index: number) => string
  /** Command prefix of server `index`, for example `ip netns exec NAME`. */
  readonly inside?: (index: number) => readonly string[]
}

const password = 'a-password-of-tests'

/** Longer than an election on a loaded machine. */
const leaderMsMax = 60_000

export class NatsCluster implements AsyncDisposable {
  readonly servers: readonly NatsServer[]
  readonly #folder: string

  private constructor(servers: readonly NatsServer[], folder: string) {
    this.servers = servers
    this.#folder = folder
  }

  /** Resolves when all servers are healthy. */
  static async start(options: NatsClusterOptions = {}): Promise<NatsCluster> {
    const { servers: count = 1, kind = 'current', inside = () => [] } = options
    const program = findNatsServer(kind)
    const folder = options.from ?? mkdtempSync(join(tmpdir(), 'oxo-nats-'))
    // Every host has all of 127/8, so two random bytes make an address on which the fixed ports are free.
    const [a, b] = crypto.getRandomValues(new Uint8Array(2))
    const addressOf = options.address ?? ((index: number) => `127.${a ?? 0}.${b ?? 0}.${index + 1}`)
    const addresses = Array.from({ length: count }, (_, index) => addressOf(index))
    const servers = addresses.map((address, index) => {
      const name = `n${index + 1}`
      const plan = {
        name,
        store: options.store?.(index) ?? join(folder, name),
        password,
        clients: `${address}:4222`,
        monitor: `${address}:8222`,
        route: `${address}:6222`,
        routes: addresses.map((other) => `${other}:6222`),
      }
      const edit = (config: string): string => editConfig(options, config)
      return new NatsServer({ command: [...inside(index), program], folder, plan, edit })
    })
    const cluster = new NatsCluster(servers, folder)
    try {
      for (const server of servers) await server.start()
      await cluster.ready()
    } catch (cause) {
      await cluster[Symbol.asyncDispose]()
      throw cause
    }
    return cluster
  }

  /** Copies what a crash of all servers at this moment would leave. The copy can be used once, as `from`. */
  leave(): string {
    for (const server of this.servers) server.signal('SIGSTOP')
    const folder = mkdtempSync(join(tmpdir(), 'oxo-nats-'))
    cpSync(this.#folder, folder, { recursive: true })
    for (const server of this.servers) server.signal('SIGCONT')
    return folder
  }

  /** The value for `--journal`. */
  get url(): string {
    return makeNatsUrl(
      password,
      this.servers.map(({ clients }) => clients),
    )
  }

  get monitors(): readonly string[] {
    return this.servers.map(({ monitor }) => monitor)
  }

  /** Resolves when each of `servers` reports that it is healthy. @throws after a timeout, or if one has ended. */
  async ready(servers: readonly NatsServer[] = this.servers): Promise<void> {
    for (const server of servers) await server.ready()
  }

  /** Resolves with the server that leads `stream`. @throws after a timeout. */
  async leaderOf(stream: string): Promise<NatsServer> {
    const late = Date.now() + leaderMsMax
    for (;;) {
      for (const server of this.servers) if ((await readLeader(server, stream)) === server.name) return server
      if (Date.now() > late) throw new Error(`no server leads ${stream}`)
      await setTimeout(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop('SIGKILL')))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const syncLine = /^ {2}sync_interval: always\n/m
/** Other lines of the documented configuration that the old server does not know; they concern routes. */
const pingLines = /^ {2}ping_(?:interval|max): .*\n/gm

function editConfig(options: NatsClusterOptions, config: string): string {
  const { syncs = true, kind, more = '', edit = (text) => text } = options
  const isOld = kind === 'racing'
  const synced = syncs && !isOld ? config : replaceOnce(config, syncLine, '')
  return edit(`${isOld ? synced.replaceAll(pingLines, '') : synced}\n${more}\n`)
}

interface StreamsAnswer {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly name: string; readonly cluster?: { readonly leader?: string } }[]
  }[]
}

async function readLeader(server: NatsServer, stream: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${server.monitor}/jsz?streams=true`, { signal: AbortSignal.timeout(1_000) })
    const { account_details: accounts = [] } = (await response.json()) as StreamsAnswer
    return accounts.flatMap(({ stream_detail: streams = [] }) => streams).find(({ name }) => name === stream)?.cluster
      ?.leader
  } catch {
    return undefined
  }
}
