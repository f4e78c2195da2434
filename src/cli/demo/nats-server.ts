/** A nats-server on this machine, with the configuration of deploy/nats/nats.conf. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalProcess } from './local-process.ts'
import { makeNatsConfig, type NatsServerPlan } from './nats-config.ts'

export interface NatsServerOptions {
  /** The program, and what must run it. */
  readonly command: readonly string[]
  /** For the configuration and the log. */
  readonly folder: string
  readonly plan: NatsServerPlan
  /** Changes the documented configuration. */
  readonly edit?: (config: string) => string
}

export class NatsServer extends LocalProcess {
  /** HOST:PORT. */
  readonly clients: string
  /** The URL of its monitoring. */
  readonly monitor: string

  /** Writes the configuration. */
  constructor({ command, folder, plan, edit = (config) => config }: NatsServerOptions) {
    const { name, clients, monitor } = plan
    const file = join(folder, `${name}.conf`)
    writeFileSync(file, edit(makeNatsConfig(plan)))
    super({
      name,
      url: `nats://${clients}`,
      command: [...command, '--config', file],
      log: join(folder, `${name}.log`),
      health: `http://${monitor}/healthz`,
    })
    this.clients = clients
    this.monitor = `http://${monitor}`
  }

  /** The host on which it listens. */
  get address(): string {
    return this.clients.replace(/:\d+$/, '')
  }
}
