/** Opens the journal of a cluster from the flags that name it. Loads the NATS client only when it is needed. */
import { JournalFault } from '../journal/index.ts'
import type { ClusterJournal } from '../journal/jetstream/index.ts'
import type { ServerSettings } from './settings.ts'

/** The flags that name a journal and its credentials. */
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

/** The flags of the options that the messages of this journal name. */
const flags: Readonly<Record<string, string>> = {
  url: '--journal',
  creds: '--nats-creds',
  'tls.ca': '--nats-tls-ca',
  'tls.cert': '--nats-tls-cert',
  'tls.key': '--nats-tls-key',
  replicas: '--nats-replicas',
  partitions: '--nats-partitions',
  monitors: '--nats-monitor',
  allowOld: '--nats-allow-old',
}

export const isClusterJournal = (where: string): boolean => /^(?:nats|tls):/.test(where)

/** The URL without its credentials, for messages and logs. */
export const withoutSecret = (where: string): string => where.replace(/\/\/[^@/]*@/, '//')

/**
 * @param makes whether to create the journal if it does not exist.
 * @throws JournalFault with a message that names flags
 */
export async function openClusterJournal(settings: JournalSettings, makes = true): Promise<ClusterJournal> {
  const { journal: url, durability, natsCreds, natsTlsCa, natsTlsCert, natsTlsKey } = settings
  const { openJetStreamJournal } = await loadJetStream()
  const options = {
    url,
    durability,
    creds: natsCreds,
    tls: { ca: natsTlsCa, cert: natsTlsCert, key: natsTlsKey },
    replicas: settings.natsReplicas,
    partitions: settings.natsPartitions,
    makes,
    monitors: settings.natsMonitor,
    allowOld: settings.natsAllowOld,
  }
  try {
    return await openJetStreamJournal(options)
  } catch (cause) {
    if (!(cause instanceof JournalFault)) throw cause
    const message = cause.message.replaceAll(/`([\w.]+)`/g, (text, option: string) => flags[option] ?? text)
    throw new JournalFault(cause.fault, message, { cause: cause.cause })
  }
}

/** Only a node of a cluster needs the NATS client, which takes a while to load. */
export function loadJetStream() {
  return import('../journal/jetstream/index.ts')
}
