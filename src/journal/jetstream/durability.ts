/** What an acknowledged entry survives, as far as it can be known from outside. */
import type { StreamInfo } from '@nats-io/jetstream'
import { type Durability, JournalFault } from '../journal.ts'
import { answerMsMax } from './limits.ts'

export interface DurabilityOptions {
  /** What the host asks for. */
  readonly asked: Durability | undefined
  readonly stream: StreamInfo
  /** Addresses of the servers' HTTP monitoring: the only place that tells whether they sync before they answer. */
  readonly monitors: readonly string[]
  /** Of the server that this node is connected to. */
  readonly server: string
}

/**
 * The level in force. quorum: three copies or more. disk: every server that has a copy says that it syncs before it
 * answers (`sync_interval: always`). process: one copy.
 * @throws JournalFault 'unavailable' with a sentence if the level asked for is not had, or cannot be known to be
 */
export async function durabilityOf(options: DurabilityOptions): Promise<Durability> {
  const { asked, stream, monitors } = options
  const copies = stream.config.num_replicas
  const had: Durability = copies >= 3 ? 'quorum' : 'process'
  if (asked === 'disk' || (asked === undefined && monitors.length > 0)) {
    const doubt = await doubtOf(options)
    if (doubt === null) return 'disk'
    if (asked === 'disk') throw refused('disk', doubt)
    return had
  }
  if (asked === 'quorum' && had !== 'quorum') throw refused('quorum', `the stream has ${copies} of 3 copies`)
  return had
}

function refused(level: Durability, reason: string): JournalFault {
  return new JournalFault('unavailable', `the durability ${level} cannot be promised: ${reason}`)
}

/** Why it is not known that every server with a copy syncs. Null: it is. */
async function doubtOf({ stream, monitors, server }: DurabilityOptions): Promise<string | null> {
  if (monitors.length === 0)
    return (
      'whether NATS servers sync before they answer is told by their HTTP monitoring only, so name the addresses of all ' +
      'of them with --nats-monitor http://HOST:8222,…, or ask for less'
    )
  const synced = new Set<string>()
  for (const monitor of monitors) {
    const found = await readMonitor(monitor)
    if (typeof found === 'string') return found
    if (!found.syncs) return `the server ${found.name} does not sync before it answers: set \`sync_interval: always\``
    synced.add(found.name)
  }
  const { cluster } = stream
  const holders = [cluster?.leader ?? server, ...(cluster?.replicas ?? []).map(({ name }) => name)]
  const unseen = holders.find((name) => !synced.has(name))
  return unseen === undefined ? null : `--nats-monitor does not name the server ${unseen}, which has a copy`
}

interface Monitored {
  readonly server_name?: string
  readonly jetstream?: { readonly config?: { readonly sync_always?: boolean } }
}

async function readMonitor(address: string): Promise<string | { readonly name: string; readonly syncs: boolean }> {
  try {
    const response = await fetch(new URL('/varz', address), { signal: AbortSignal.timeout(answerMsMax) })
    const { server_name: name = '', jetstream } = (await response.json()) as Monitored
    return { name, syncs: jetstream?.config?.sync_always === true }
  } catch (cause) {
    return `the monitoring of a NATS server at ${address} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
