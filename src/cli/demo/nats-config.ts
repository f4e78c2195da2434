/**
 * The configuration of deploy/nats/nats.conf for servers on this machine: the same lines, with other names, addresses and
 * folder. So the tests and `npm run cluster` run the configuration that operators are given.
 */
import { readFileSync } from 'node:fs'
import { natsConfFile } from '../package-files.ts'

const deployed = readFileSync(natsConfFile, 'utf8')

/** Each is HOST:PORT. */
interface NatsAddresses {
  readonly clients: string
  readonly monitor: string
  readonly route: string
}

export interface NatsServerPlan extends NatsAddresses {
  readonly name: string
  readonly store: string
  /** The password of the nodes, and of the routes between servers. */
  readonly password: string
  /** The `route` of every server, including this one; with only one the server has no cluster. */
  readonly routes: readonly string[]
}

/** A URL for `--journal` and the NATS client, without the name of a journal. */
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

/** Replaces the one occurrence of `line`. @throws Error if it does not occur exactly once */
export function replaceOnce(text: string, line: string | RegExp, own: string): string {
  const [before, after, more] = text.split(line)
  if (before === undefined || after === undefined || more !== undefined)
    throw new Error(`deploy/nats/nats.conf does not have ${String(line)} once: adapt src/cli/demo/nats-config.ts`)
  return before + own + after
}
