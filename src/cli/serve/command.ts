/** `oxo serve`: runs a server until the process is stopped. */
import { networkInterfaces } from 'node:os'
import { systemClock } from '../../base/index.ts'
import { command } from '../invocation.ts'
import { openLog } from '../../server/log.ts'
import { openServer, type Server } from '../../server/open.ts'
import type { ServerSettings } from '../../server/settings.ts'
import { listenForSignals } from '../signals.ts'
import { exitCodes, sentenceOf, Stop } from '../../server/stop.ts'
import { waitForTime } from '../../server/wall-clock.ts'

/** How long to wait for a wrong system clock to be set, in ms: after boot, network and NTP take some seconds. */
const clockMsMax = 20_000

/** Resolves when the server has closed after a signal. @throws Stop if it cannot start or fails. */
export async function serve(settings: ServerSettings): Promise<void> {
  const log = openLog(settings.logLevel)
  let server: Server | null = null
  const asked = listenForSignals(() => {
    log.info({ tls: settings.tlsCert !== undefined }, 'SIGHUP: reloading the certificate')
    void server?.renewCertificate()
  })
  const opening = waitForTime(systemClock, log, clockMsMax).then(() =>
    openServer({ ...settings, log, secret: process.env['OXO_SECRET'] }),
  )
  server = await Promise.race([opening, asked])
  // No client is connected yet, so no clean close is needed: the system frees everything, as after a crash.
  if (server === null) return process.exit(exitCodes.ok)
  process.stdout.write(makeBanner(server, listAddresses()))
  log.info({ port: server.port, durability: server.durability }, 'listening')
  const failure = await Promise.race([asked, server.failed])
  log.info({ drainNoticeSeconds: settings.drainNotice }, 'closing')
  await server.close()
  log.info({}, 'closed')
  if (failure !== null) throw new Stop('failed', sentenceOf(failure))
}

const survives = {
  memory: 'nothing: it is kept in memory only',
  process: 'a crash of the server, not a power cut (process)',
  disk: 'a power cut (disk)',
  quorum: 'the loss of a minority of machines (quorum)',
} as const

const whereEncrypted =
  'https:// works with a trusted certificate and a name in it; http:// and nc work everywhere, unencrypted.'

/** An address of this machine. */
interface NetworkAddress {
  readonly family: string
  readonly internal: boolean
  readonly address: string
}

/** Empty if the process may not list them, for example under systemd's `RestrictAddressFamilies` without AF_NETLINK. */
export function listAddresses(ask = networkInterfaces): readonly NetworkAddress[] {
  try {
    return Object.values(ask()).flatMap((own) => own ?? [])
  } catch {
    return []
  }
}

/** The text that a person needs to begin, with the first line that scripts wait for. */
export function makeBanner(
  server: Omit<Server, keyof AsyncDisposable>,
  addresses: readonly NetworkAddress[] = [],
): string {
  const { url, host, port, durability, journal, hasPages } = server
  const name = new URL(url).hostname
  // Tools with separate host and port arguments expect an IPv6 address without brackets.
  const bare = name.replace(/^\[(.*)\]$/, '$1')
  const flags = command === 'oxo' ? '' : 'npm start -- '
  const isEncrypted = url.startsWith('https:')
  const reach = host === '0.0.0.0' || host === '::' ? makeReach({ port, isEncrypted }, addresses) : ''
  const isHidden = host === '127.0.0.1' || host === '::1' || host === 'localhost'
  return [
    `Oxo is listening on http://${name}:${port}${isEncrypted ? ` and ${url}` : ''}`,
    '',
    `  in a browser   ${hasPages ? `${url}/` : 'web pages are off (--no-pages) or not built (npm run build)'}`,
    `  play here      printf 'X 1 1\\nquit\\n' | nc ${bare} ${port}`,
    `  see the board  curl ${url}/games/main`,
    `  in a terminal  ${command} play ${url}`,
    '',
    ...(isEncrypted ? [whereEncrypted] : []),
    durability === 'memory'
      ? 'Games are kept in memory: they end with this process.'
      : `An acknowledged move survives ${survives[durability]}; games are in ${journal}`,
    `${isHidden ? `Only this machine can connect; ${flags}--host 0.0.0.0 lets friends in. ` : reach}Ctrl-C stops.`,
    '',
  ].join('\n')
}

/**
 * An invitation link contains the address in the player's browser: a link with `localhost` does not work for a friend.
 */
function makeReach(
  { port, isEncrypted }: { readonly port: number; readonly isEncrypted: boolean },
  addresses: readonly NetworkAddress[],
): string {
  const why = 'Open that address yourself too, so that links you copy work for friends. '
  if (isEncrypted) return `Share https:// and a name in the certificate, port ${port}. ${why}`
  const outer = addresses.filter(({ address, internal }) => !internal && !/^fe[89ab]/i.test(address))
  const own = outer.find(({ family }) => family === 'IPv4') ?? outer[0]
  if (own === undefined) return ''
  return `Share http://${own.family === 'IPv4' ? own.address : `[${own.address}]`}:${port}. ${why}`
}
