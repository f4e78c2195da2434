/**
 * The configuration of deploy/nats/nats.conf for servers on this machine: the same lines, but for names, addresses and the
 * folder. What the tests and `npm run cluster` run is what operators are told to run.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const deployed = readFileSync(join(import.meta.dirname, '../../deploy/nats/nats.conf'), 'utf8')

/** HOST:PORT each. */
interface NatsAddresses {
  readonly clients: string
  readonly monitor: string
  readonly route: string
}

export interface NatsServerPlan extends NatsAddresses {
  readonly name: string
  readonly store: string
  /** Of the nodes, and of the servers among themselves. */
  readonly password: string
  /** The `route` of every server, its own included; one server stands alone. */
  readonly routes: readonly string[]
}

/** As `--journal` and the client of NATS take it, without the name of a journal. */
export function makeNatsUrl(password: string, clients: readonly string[]): string {
  return `nats://oxo:${password}@${clients.join(',')}`
}

export function makeNatsConfig(plan: NatsServerPlan): string {
  const { name, store, password, clients, monitor, route, routes } = plan
  const places = routes.map((other) => JSON.stringify(`nats-route://route:${password}@${other}`))
  const text = [
    ['"0.0.0.0:4222"', JSON.stringify(clients)],
    ['"0.0.0.0:8222"', JSON.stringify(monitor)],
    ['"0.0.0.0:6222"', JSON.stringify(route)],
    ['server_name: $NATS_NAME', `server_name: ${name}`],
    ['store_dir: $NATS_STORE', `store_dir: ${JSON.stringify(store)}`],
    ['user: oxo, password: $NATS_PASSWORD', `user: oxo, password: ${JSON.stringify(password)}`],
    ['user: route, password: $NATS_PASSWORD', `user: route, password: ${JSON.stringify(password)}`],
    ['[ $NATS_ROUTE_1, $NATS_ROUTE_2, $NATS_ROUTE_3 ]', `[ ${places.join(', ')} ]`],
  ].reduce((config, [line = '', own = '']) => replaceOnce(config, line, own), deployed)
  return routes.length > 1 ? text : replaceOnce(text, /^cluster \{\n(?: .*\n)*\}\n/m, '')
}

/** @throws Error where the configuration is not as this module knows it */
export function replaceOnce(text: string, line: string | RegExp, own: string): string {
  const [before, after, more] = text.split(line)
  if (before === undefined || after === undefined || more !== undefined)
    throw new Error(`deploy/nats/nats.conf does not have ${String(line)} once: mend tools/cluster/nats-config.ts`)
  return before + own + after
}
