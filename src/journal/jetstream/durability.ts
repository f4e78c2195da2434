/** Determines the durability of a stream, as far as a client of the servers can know it. */
import type { StreamInfo } from '@nats-io/jetstream'
import { type Durability, JournalFault } from '../journal.ts'
import { answerMsMax } from './limits.ts'

export interface DurabilityOptions {
  /** The level that the operator asks for. */
  readonly asked: Durability | undefined
  readonly stream: StreamInfo
  /** Addresses of the servers' HTTP monitoring. Only there can a client learn whether they sync before they answer. */
  readonly monitors: readonly string[]
  /** The name of the server that this node is connected to. */
  readonly server: string
}

/**
 * The level in force. quorum: three copies or more. disk: every server that has a copy says that it syncs before it
 * answers (`sync_interval: always`). process: one copy.
 * @throws JournalFault 'unavailable' if the level asked for is not in force, or cannot be verified
 */
export async function durabilityOf(options: DurabilityOptions): Promise<Durability> {
  const { asked, stream, monitors } = options
  const copies = stream.config.num_replicas
  const level: Durability = copies >= 3 ? 'quorum' : 'process'
  if (asked === 'disk' || (asked === undefined && monitors.length > 0)) {
    const doubt = await doubtOf(options)
    if (doubt === null) return 'disk'
    if (asked === 'disk') throw refused('disk', doubt)
    return level
  }
  if (asked === 'quorum' && level !== 'quorum') throw refused('quorum', `the stream has ${copies} of 3 copies`)
  return level
}

function refused(level: Durability, reason: string): JournalFault {
  return new JournalFault('unavailable', `the durability ${level} cannot be promised: ${reason}`)
}

/** The reason why it is not certain that every server with a copy syncs. Null: it is certain. */
async function doubtOf({ stream, monitors, server }: DurabilityOptions): Promise<string | null> {
  if (monitors.length === 0)
    return (
      'only the HTTP monitoring of NATS servers tells whether they sync before they answer: name the addresses of all ' +
      'servers with `monitors` http://HOST:8222,…, or ask for a lower durability'
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
  return unseen === undefined ? null : `\`monitors\` does not name the server ${unseen}, which has a copy`
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
