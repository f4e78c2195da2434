/** Which server leads which stream: each its share, so that the loss of one stops only that share of the games. */
import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '../../base/index.ts'
import { answerMsMax, retryMs, startMsMax } from './limits.ts'

/** A stream as its leader tells of it. */
export interface StreamReport {
  readonly name: string
  readonly config: { readonly num_replicas: number }
  readonly state: { readonly messages: number; readonly bytes: number; readonly last_seq: number }
  /** Absent where one server stands alone. */
  readonly cluster?: {
    readonly leader?: string
    readonly replicas?: readonly {
      readonly name: string
      readonly current: boolean
      readonly offline?: boolean
      /** Messages; absent: none. */
      readonly lag?: number
    }[]
  }
}

type Led = Pick<StreamReport, 'name' | 'cluster'>

interface StreamAnswer extends StreamReport {
  readonly error?: unknown
}

/** Null: nobody who knows answers in time. */
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
    // Silence is the news: it is what this reports.
    return null
  }
}

/** The streams that another server should lead, by name: as few as make the shares even. */
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

/** The servers that could lead a stream now, in the order of their names. */
function holdersOf({ cluster }: Led): readonly string[] {
  const able = (cluster?.replicas ?? []).filter(isAble).map(({ name }) => name)
  return [...(cluster?.leader === undefined ? [] : [cluster.leader]), ...able].toSorted()
}

const isSettled = ({ cluster }: Led): boolean =>
  cluster === undefined || (cluster.leader !== undefined && (cluster.replicas ?? []).every(isAble))

/**
 * Asks for what {@link planLeaders} finds, once every copy of these streams is current, or after a while without those
 * that are not. A server that does not, or an answer that is lost, changes nothing else.
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
    await new Promise<void>((resolve) => void clock.after(retryMs, resolve))
  }
}

async function askFor(connection: NatsConnection, plan: ReadonlyMap<string, string>): Promise<void> {
  const asked = Array.from(plan, ([stream, server]) => {
    const wish = JSON.stringify({ placement: { preferred: server } })
    return connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, wish, { timeout: answerMsMax })
  })
  await Promise.allSettled(asked)
}
