/** Opens the journal of a cluster from the flags that name it. Its client is loaded here, and only when it is wanted. */
import type { ClusterJournal } from '../journal/jetstream/index.ts'
import type { ServerSettings } from './settings.ts'

/** The flags that say where a journal is, and how to get in. */
export type JournalSettings = Pick<
  ServerSettings,
  | 'journal'
  | 'durability'
  | 'natsCreds'
  | 'natsTlsCa'
  | 'natsTlsCert'
  | 'natsTlsKey'
  | 'natsReplicas'
  | 'natsPartitions'
  | 'natsMonitor'
  | 'natsAllowOld'
>

export const isClusterJournal = (where: string): boolean => /^(?:nats|tls):/.test(where)

/** For people, and for logs. */
export const withoutSecret = (where: string): string => where.replace(/\/\/[^@/]*@/, '//')

/** `makes`: where there is no journal one is made. @throws Stop, JournalFault */
export async function openClusterJournal(settings: JournalSettings, makes = true): Promise<ClusterJournal> {
  const { journal: url, durability, natsCreds, natsTlsCa, natsTlsCert, natsTlsKey } = settings
  const { openJetStreamJournal } = await loadJetStream()
  return openJetStreamJournal({
    url,
    durability,
    creds: natsCreds,
    tls: { ca: natsTlsCa, cert: natsTlsCert, key: natsTlsKey },
    replicas: settings.natsReplicas,
    partitions: settings.natsPartitions,
    makes,
    monitors: settings.natsMonitor,
    allowOld: settings.natsAllowOld,
  })
}

/** Only a node of a cluster needs the client of NATS, which takes a while to load. */
export function loadJetStream() {
  return import('../journal/jetstream/index.ts')
}
