/** The flags of `oxo serve`. Each has an environment variable; the reference in docs is generated from this file. */
import { isIP } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'
import { whyNoPushService } from '../../server/push/push-services.ts'
import { logLevels, type ServerSettings, settingsDefaults } from '../../server/settings.ts'
import { parseCount, parsePort } from '../numbers.ts'

/** Each partition is a Raft group in NATS with its own elections, and one more stream that every node follows. */
const partitionsMax = 64

/** Returns new options each time, because commander stores the parsed values in them. */
export function makeServeOptions(): readonly Option[] {
  return [
    new Option('--port <number>', 'port to listen on; 0: any free one').env('OXO_PORT').argParser(parsePort),
    new Option('--host <address>', 'address to listen on; 0.0.0.0: every network this machine is in')
      .env('OXO_HOST')
      .argParser(parseHost),
    new Option(
      '--journal <where>',
      'where games are stored: sqlite:FILE, memory, or nats://HOST:PORT,HOST:PORT,HOST:PORT/NAME for a cluster',
    ).env('OXO_JOURNAL'),
    new Option(
      '--durability <level>',
      'what an acknowledged move survives at least: a power cut (disk), the loss of a server (quorum), a crash (process)',
    )
      .env('OXO_DURABILITY')
      .choices(['disk', 'quorum', 'process']),
    ...makeNatsOptions(),
    new Option('--rate-limit <number>', 'requests a second on one connection; 0: no limit on any rate')
      .env('OXO_RATE_LIMIT')
      .argParser(parseCount),
    new Option(
      '--rate-limit-address <number>',
      'units a second for the requests of one address, of which reading costs 1 and creating a game 10; 0: no limit; by default 10 times --rate-limit',
    )
      .env('OXO_RATE_LIMIT_ADDRESS')
      .argParser(parseCount),
    new Option(
      '--connections-per-address <number>',
      'connections from one address that stay (lines, WebSockets, streams), and four times as many sockets; 0: no limit',
    )
      .env('OXO_CONNECTIONS_PER_ADDRESS')
      .argParser(parseCount),
    new Option('--tls-cert <file>', 'certificate in PEM: the port then speaks TLS too').env('OXO_TLS_CERT'),
    new Option('--tls-key <file>', 'key of the certificate in PEM').env('OXO_TLS_KEY'),
    new Option('--allow-origin <origin>', 'origin whose pages may act here, like https://oxo.example; again for more')
      .env('OXO_ALLOW_ORIGIN')
      .argParser(addOrigins),
    new Option(
      '--trust-proxy <address>',
      'proxy whose X-Forwarded-For, -Proto and -Host are believed: an address or a network like 10.0.0.0/8; again for more',
    )
      .env('OXO_TRUST_PROXY')
      .argParser(addProxies),
    new Option('--pages <folder>', 'folder of the pages for browsers; by default the ones that come with Oxo').env(
      'OXO_PAGES',
    ),
    new Option('--no-pages', 'nothing for browsers').env('OXO_NO_PAGES'),
    ...makePushOptions(),
    new Option(
      '--drain-notice <seconds>',
      'how long /readyz answers 503 before the port closes, so that a load balancer sends nobody any more',
    )
      .env('OXO_DRAIN_NOTICE')
      .argParser(parseSeconds),
    new Option('--log-level <level>', 'least important line of the log on stderr')
      .env('OXO_LOG_LEVEL')
      .choices(logLevels),
  ].map(withDefault)
}

/** The options that name the journal, for other commands. Returns new ones each time. */
export function makeJournalOptions(isAsked = true): readonly Option[] {
  const journal = new Option('--journal <where>', 'which: sqlite:FILE, or nats://HOST:PORT,HOST:PORT,HOST:PORT/NAME')
  return [...(isAsked ? [withDefault(journal.env('OXO_JOURNAL'))] : [journal]), ...makeNatsOptions().map(withDefault)]
}

function withDefault(option: Option): Option {
  const name = option.attributeName() as keyof ServerSettings
  const value = settingsDefaults[name]
  // The default of a switch that turns something off is that it is not given.
  return value === undefined || Array.isArray(value) || option.negate ? option : option.default(value)
}

/** The options of notifications to devices. */
function makePushOptions(): readonly Option[] {
  return [
    new Option('--no-push', 'no notifications to devices whose page is closed').env('OXO_NO_PUSH'),
    new Option(
      '--push-service <host>',
      'push service that the server sends to besides those of the usual browsers: a host, *.host, or an origin; again for more',
    )
      .env('OXO_PUSH_SERVICE')
      .argParser(addPushServices),
    new Option(
      '--push-contact <url>',
      'where push services reach you, like mailto:you@oxo.example; Apple refuses messages without it',
    )
      .env('OXO_PUSH_CONTACT')
      .argParser(parseContact),
  ]
}

/** The options of a journal on NATS. */
function makeNatsOptions(): readonly Option[] {
  return [
    new Option('--nats-creds <file>', 'credentials of this node for NATS: a creds file, or the seed of an nkey').env(
      'OXO_NATS_CREDS',
    ),
    new Option('--nats-tls-ca <file>', 'who signed the certificates of the NATS servers, in PEM').env(
      'OXO_NATS_TLS_CA',
    ),
    new Option('--nats-tls-cert <file>', 'certificate of this node for NATS, in PEM').env('OXO_NATS_TLS_CERT'),
    new Option('--nats-tls-key <file>', 'key of that certificate').env('OXO_NATS_TLS_KEY'),
    new Option('--nats-replicas <number>', 'NATS servers that hold a copy of every game: 1, 3 or 5')
      .env('OXO_NATS_REPLICAS')
      .argParser(parseReplicas),
    new Option(
      '--nats-partitions <number>',
      'streams that the games are spread over, fixed when they are made; by default as many as there are, or 1',
    )
      .env('OXO_NATS_PARTITIONS')
      .argParser(parsePartitions),
    new Option(
      '--nats-monitor <url>',
      'HTTP monitoring of a NATS server, like http://HOST:8222; of every one, for the durability disk',
    )
      .env('OXO_NATS_MONITOR')
      .argParser(addMonitors),
    new Option(
      '--nats-allow-old',
      'take a nats-server older than 2.12, and check each of its acknowledgements: slow',
    ).env('OXO_NATS_ALLOW_OLD'),
  ]
}

function parseReplicas(text: string): number {
  if (!/^[135]$/.test(text)) throw new InvalidArgumentError('It must be 1, 3 or 5.')
  return Number(text)
}

export function parsePartitions(text: string): number {
  const count = parseCount(text)
  if (count < 1 || count > partitionsMax) throw new InvalidArgumentError(`It must be 1 to ${partitionsMax}.`)
  return count
}

function addMonitors(text: string, before: readonly string[] = []): readonly string[] {
  const urls = text.split(',').map((part) => part.trim())
  const isWrong = urls.some((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
  if (isWrong) throw new InvalidArgumentError('An address is like http://HOST:8222.')
  return [...before, ...urls]
}

function parseHost(text: string): string {
  // A zone, as in fe80::1%eth0, is not allowed in a URL.
  if (!/^[\w.:-]+$/.test(text)) throw new InvalidArgumentError('An address is like 127.0.0.1, ::1 or localhost.')
  return text
}

function parseSeconds(text: string): number {
  const seconds = parseCount(text)
  if (seconds > 600) throw new InvalidArgumentError('It must be 0 to 600 seconds.')
  return seconds
}

function addOrigins(text: string, before: readonly string[] = []): readonly string[] {
  const origins = text.split(',').map((part) => part.trim())
  const wrong = origins.find((origin) => !isOrigin(origin))
  if (wrong !== undefined) throw new InvalidArgumentError('An origin is like https://oxo.example, without a path.')
  return [...before, ...origins]
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}

function addPushServices(text: string, before: readonly string[] = []): readonly string[] {
  const entries = text.split(',').map((part) => part.trim())
  for (const entry of entries) {
    const why = whyNoPushService(entry)
    if (why !== null) throw new InvalidArgumentError(`${entry}: ${why}.`)
  }
  return [...before, ...entries]
}

function parseContact(text: string): string {
  const url = URL.parse(text)
  const isContact = url?.protocol === 'https:' || /^mailto:[^\s@]+@[^\s@]+$/.test(text)
  if (!isContact)
    throw new InvalidArgumentError('A contact is like mailto:you@oxo.example or https://oxo.example/about.')
  return text
}

function addProxies(text: string, before: readonly string[] = []): readonly string[] {
  const proxies = text.split(',').map((part) => part.trim())
  const isWrong = proxies.some((proxy) => {
    const [address = '', bits, ...rest] = proxy.split('/')
    const version = isIP(address)
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
    return version === 0 || rest.length > 0 || !isNetwork
  })
  if (isWrong) throw new InvalidArgumentError('A proxy is an address or a network, like 10.0.0.1 or 10.0.0.0/8.')
  return [...before, ...proxies]
}
