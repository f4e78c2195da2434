/** The flags of `oxo chaos`, and a help from which one learns what they are for. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { calm, type ChaosPlan } from './plan.ts'

/** What the flags come to. */
export interface ChaosSettings extends Omit<ChaosPlan, 'delayMs' | 'bytesPerSecond'> {
  readonly listen: number
  readonly host: string
  readonly to: { readonly host: string; readonly port: number }
  readonly delay: ChaosPlan['delayMs']
  readonly throttle: ChaosPlan['bytesPerSecond']
  readonly quiet?: boolean
}

export function addChaos(program: Command): void {
  program
    .command('chaos')
    .description('a bad network between players and a server: what a move must survive')
    .addOption(
      new Option('--listen <port>', 'where players connect; 0: any free port').argParser(parsePort).default(1953),
    )
    .addOption(new Option('--host <address>', 'address to listen on; 0.0.0.0: for a whole class').default('127.0.0.1'))
    .addOption(
      new Option('--to <host:port>', 'the server behind it')
        .argParser(parsePlace)
        .default({ host: '127.0.0.1', port: 1952 }, '127.0.0.1:1952'),
    )
    .addOption(
      new Option('--seed <number>', 'the same seed and messages meet the same faults').argParser(parseCount).default(1),
    )
    .addOption(
      new Option('--delay <ms>', 'how long a message is under way: 100, or 50..200')
        .argParser(parseRange)
        .default(calm.delayMs, '0'),
    )
    .addOption(
      new Option('--throttle <bytes>', 'bytes a second, each way').argParser(parsePositive).default(null, 'no limit'),
    )
    .addOption(shareOption('--cut <share>', 'of the messages end the connection, in their middle'))
    .addOption(
      new Option('--cut-at <where>', 'end the first connection at one byte: up:120 to the server, down:80 from it')
        .argParser(parseCutAt)
        .default(null, 'nowhere'),
    )
    .addOption(shareOption('--duplicate <share>', 'of the messages arrive twice'))
    .addOption(shareOption('--reorder <share>', 'of the messages let the next one go first'))
    .option('--quiet', 'do not tell of each fault')
    .addHelpText('after', help)
    .action(async (settings: ChaosSettings) => (await import('./command.ts')).chaos(settings))
}

const help = `
Examples:
  oxo chaos --delay 50..200                          a telephone on a train
  oxo chaos --delay 50..200 --cut 0.05               the same, with tunnels
  oxo chaos --cut 0.1 --duplicate 0.2 --reorder 0.2  what no network should do, and some do
  oxo chaos --cut-at down:700                        the move arrived, its answer did not
  oxo chaos --to oxo.example:1952 --throttle 1000    a modem of 1990

Players name the proxy instead of the server:
  oxo play --bot perfect http://localhost:1953

What to look for. A cut leaves the player in doubt: was the move stored? The client asks again with the same
version, and the server knows the move when it meets it twice, so it counts once. In \`nc\` nobody asks again
and no version is sent: there a duplicated \`X 1 1\` is refused, and a lost answer is lost.

A message is a line of JSON, a line typed to the text protocol, or a WebSocket message. HTTP and TLS have no
messages that could change places: they are delayed, throttled and cut. Shares go from 0 to 1.`

function shareOption(flags: string, about: string): Option {
  return new Option(flags, about).argParser(parseShare).default(0)
}

function parseShare(text: string): number {
  const share = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || share > 1)
    throw new InvalidArgumentError('A share is a number from 0 to 1, like 0.05.')
  return share
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.')
  return Number(text)
}

function parsePositive(text: string): number {
  const count = parseCount(text)
  if (count === 0) throw new InvalidArgumentError('It must be 1 or more.')
  return count
}

function parsePort(text: string): number {
  const port = parseCount(text)
  if (port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

/** A web address is as good as HOST:PORT, for that is what a server says of itself. */
function parsePlace(text: string): ChaosSettings['to'] {
  const place = /^(?:(?:http|ws|tcp):\/\/)?(\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})\/?$/i.exec(text)
  if (place === null) throw new InvalidArgumentError('A server is named like localhost:1952.')
  const [, host = '', port = ''] = place
  return { host: host.replaceAll(/[[\]]/g, ''), port: parsePort(port) }
}

function parseRange(text: string): ChaosPlan['delayMs'] {
  const [, from = '', to = from] = /^(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(text) ?? []
  const range = { least: Number(from), most: Number(to) }
  if (from === '' || range.most < range.least)
    throw new InvalidArgumentError('A delay is one number of milliseconds, or two like 50..200.')
  return range
}

function parseCutAt(text: string): ChaosPlan['cutAt'] {
  const [, direction, bytes = ''] = /^(up|down):(\d{1,9})$/.exec(text) ?? []
  if (direction !== 'up' && direction !== 'down')
    throw new InvalidArgumentError('A place to cut is like up:120 or down:80, in bytes.')
  return { direction, bytes: Number(bytes) }
}
