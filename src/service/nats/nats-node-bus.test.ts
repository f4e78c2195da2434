/** The node bus over two real servers, so that one node can lose its server while the others continue. */
import { after, test } from 'node:test'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { systemClock } from '../../base/index.ts'
import { NatsCluster } from '../../../e2e/lib/nats-cluster.ts'
import { nodeBusContract, type NodeBusStand } from '../cluster/node-bus-contract.ts'
import { NatsNodeBus } from './index.ts'

const starting = NatsCluster.start({ servers: 2 })
const connections: NatsConnection[] = []
after(async () => {
  await Promise.all(connections.map((connection) => connection.close()))
  await (await starting)[Symbol.asyncDispose]()
})

/** Connects to that server only. */
async function connectTo(place: number): Promise<NatsConnection> {
  const [user, pass] = userOf((await starting).url)
  const servers = `${(await starting).servers[place]?.address}:4222`
  const options = { maxReconnectAttempts: -1, reconnectTimeWait: 20, ignoreClusterUpdates: true, noRandomize: true }
  const connection = await connect({ servers, user, pass, ...options })
  connections.push(connection)
  return connection
}

function userOf(url: string): readonly [user: string, pass: string] {
  const [, user = '', pass = ''] = /\/\/([^:]+):([^@]+)@/.exec(url) ?? []
  return [user, pass]
}

async function makeStand(): Promise<NodeBusStand> {
  const { servers } = await starting
  const prefix = `x-${crypto.randomUUID()}`
  const [one, two, three, stranger] = [await connectTo(0), await connectTo(1), await connectTo(1), await connectTo(1)]
  const isThere = async (isConnected: boolean): Promise<void> => {
    for await (const { type } of one.status()) if (type === (isConnected ? 'reconnect' : 'disconnect')) return
  }
  return {
    nodes: [new NatsNodeBus(one, prefix), new NatsNodeBus(two, prefix), new NatsNodeBus(three, prefix)],
    intrude: (bytes, to) =>
      stranger.publish(`${prefix}.node.${to === undefined ? 'from.stranger' : `to.${to}`}`, bytes),
    async cut() {
      const gone = isThere(false)
      await servers[0]?.stop('SIGKILL')
      await gone
    },
    async reconnect() {
      const back = isThere(true)
      await servers[0]?.start()
      await back
      // Waits until the servers have found each other again.
      await new Promise<void>((resolve) => void systemClock.after(1_000, resolve))
    },
  }
}

for (const { title, run } of nodeBusContract) test(`[N8] NATS: ${title}`, async () => run(await makeStand()))
