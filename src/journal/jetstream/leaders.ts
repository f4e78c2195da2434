/** Spreads the leaders of streams evenly over the servers, so that the loss of one server stops only its share of the games. */
import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, sleep } from '../../base/index.ts'
import { answerMsMax, retryMs, startMsMax } from './limits.ts'

/** The status of a stream, as its leader reports it. */
export interface StreamReport {
  readonly name: string
  readonly config: { readonly num_replicas: number }
  readonly state: { readonly messages: number; readonly bytes: number; readonly last_seq: number }
  /** Absent if the server is not in a cluster. */
  readonly cluster?: {
    readonly leader?: string
    readonly replicas?: readonly {
      readonly name: string
      readonly current: boolean
      readonly offline?: boolean
      /** The number of messages that the replica lags behind; absent: 0. */
      readonly lag?: number
      /** How long ago the leader heard from the server, in ns. */
      readonly active?: number
    }[]
  }
}

type Led = Pick<StreamReport, 'name' | 'cluster'>

interface StreamAnswer extends StreamReport {
  readonly error?: unknown
}

/** The status of a stream; null: its leader did not answer in time. */
export async function readStream(
  connection: NatsConnection,
  name: string,
  waitMs: number,
): Promise<StreamReport | null> {
  try {
    const subject = `$JS.API.STREAM.INFO.${name}`
    const answer = (await connection.request(subject, '', { timeout: waitMs })).json<StreamAnswer>()
    return answer.error === undefined ? { ...answer, name } : null
  } catch {
    // A missing answer is a valid result.
    return null
  }
}

/** Maps the streams that another server should lead to that server. Moves as few streams as needed for even shares. */
export function planLeaders(streams: readonly Led[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const holders = new Set(streams.flatMap(holdersOf))
  const share = Math.ceil(streams.length / Math.max(1, holders.size))
  const count = (server: string): number => counts.get(server) ?? 0
  const surplus: Led[] = []
  for (const stream of streams) {
    const leader = stream.cluster?.leader
    if (leader === undefined) continue
    if (count(leader) >= share) surplus.push(stream)
    else counts.set(leader, count(leader) + 1)
  }
  const plan = new Map<string, string>()
  for (const stream of surplus) {
    const [least] = holdersOf(stream).toSorted((a, b) => count(a) - count(b))
    if (least === undefined) continue
    counts.set(least, count(least) + 1)
    if (least !== stream.cluster?.leader) plan.set(stream.name, least)
  }
  return plan
}

const isAble = ({ current, offline = false }: { readonly current: boolean; readonly offline?: boolean }): boolean =>
  current && !offline

/** The servers that could lead a stream now, ordered by name. */
function holdersOf({ cluster }: Led): readonly string[] {
  const able = (cluster?.replicas ?? []).filter(isAble).map(({ name }) => name)
  return [...(cluster?.leader === undefined ? [] : [cluster.leader]), ...able].toSorted()
}

const isSettled = ({ cluster }: Led): boolean =>
  cluster === undefined || (cluster.leader !== undefined && (cluster.replicas ?? []).every(isAble))

/**
 * Carries out the plan of {@link planLeaders} once every copy of these streams is current. After {@link startMsMax} it
 * proceeds with the streams that have answered. A request that fails or is not answered is ignored.
 */
export async function spreadLeaders(connection: NatsConnection, names: readonly string[], clock: Clock): Promise<void> {
  if (names.length < 2) return
  const late = clock.now() + startMsMax
  for (;;) {
    const reports = await Promise.all(names.map((name) => readStream(connection, name, answerMsMax)))
    const found = reports.filter((report) => report !== null)
    if (connection.isClosed()) return
    const isWhole = found.length === names.length && found.every(isSettled)
    if (isWhole || clock.now() >= late) return askFor(connection, planLeaders(found))
    await sleep(clock, retryMs)
  }
}

async function askFor(connection: NatsConnection, plan: ReadonlyMap<string, string>): Promise<void> {
  const asked = Array.from(plan, ([stream, server]) => {
    const payload = JSON.stringify({ placement: { preferred: server } })
    return connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, payload, { timeout: answerMsMax })
  })
  await Promise.allSettled(asked)
}
