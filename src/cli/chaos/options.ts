/** The flags of `oxo chaos`, and its help. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseCount, parsePort } from '../numbers.ts'
import { calm, type ChaosPlan, type ChaosSettings } from './plan.ts'

export function addChaos(program: Command): void {
  program
    .command('chaos')
    .description('run a fault-injecting proxy between players and a server')
    .addOption(
      new Option('--listen <port>', 'port for players to connect to; 0: any free port')
        .argParser(parsePort)
        .default(1953),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on; 0.0.0.0: all networks of this machine').default(
        '127.0.0.1',
      ),
    )
    .addOption(
      new Option('--to <host:port>', 'the server to forward to')
        .argParser(parsePlace)
        .default({ host: '127.0.0.1', port: 1952 }, '127.0.0.1:1952'),
    )
    .addOption(
      new Option('--seed <number>', 'random seed: the same seed and messages give the same faults')
        .argParser(parseCount)
        .default(1),
    )
    .addOption(
      new Option('--delay <ms>', 'delay of each message: 100, or at random 50..200')
        .argParser(parseRange)
        .default(calm.delayMs, '0'),
    )
    .addOption(
      new Option('--throttle <bytes>', 'bytes per second in each direction')
        .argParser(parsePositive)
        .default(null, 'no limit'),
    )
    .addOption(shareOption('--cut <share>', 'share of messages within which the connection ends'))
    .addOption(
      new Option('--cut-at <where>', 'end the first connection at one byte: up:120 to the server, down:80 from it')
        .argParser(parseCutAt)
        .default(null, 'nowhere'),
    )
    .addOption(shareOption('--duplicate <share>', 'share of messages that arrive twice'))
    .addOption(shareOption('--reorder <share>', 'share of messages that arrive after the next one'))
    .option('--quiet', 'do not print each fault')
    .addHelpText('after', help)
    .action(async (settings: ChaosSettings) => (await import('./command.ts')).chaos(settings))
}

const help = `
Examples:
  oxo chaos --delay 50..200                          a phone on a train
  oxo chaos --delay 50..200 --cut 0.05               the same, with tunnels
  oxo chaos --cut 0.1 --duplicate 0.2 --reorder 0.2  lost connections, duplicates and reordering
  oxo chaos --cut-at down:700                        the move arrived, its answer did not
  oxo chaos --to oxo.example:1952 --throttle 1000    a modem of 1990

Players connect to the proxy instead of the server:
  oxo play --bot perfect http://localhost:1953

What to look for: after a cut the player does not know whether the move was stored. The client repeats it with the
same version, and the server recognizes the repeat, so the move counts once. With \`nc\` nothing is repeated and
no version is sent: a duplicated \`X 1 1\` is refused, and a lost answer stays lost.

A message is a line of JSON, a line sent to the text protocol, or a WebSocket message. HTTP and TLS
connections are only delayed, throttled and cut. A share is a number from 0 to 1.`

function shareOption(flags: string, about: string): Option {
  return new Option(flags, about).argParser(parseShare).default(0)
}

function parseShare(text: string): number {
  const share = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || share > 1)
    throw new InvalidArgumentError('A share is a number from 0 to 1, like 0.05.')
  return share
}

function parsePositive(text: string): number {
  const count = parseCount(text)
  if (count === 0) throw new InvalidArgumentError('It must be 1 or more.')
  return count
}

/** Parses HOST:PORT or a web address, which is what a server's banner shows. */
function parsePlace(text: string): ChaosSettings['to'] {
  const place = /^(?:(?:http|ws|tcp):\/\/)?(\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})\/?$/i.exec(text)
  if (place === null) throw new InvalidArgumentError('It must be HOST:PORT, like localhost:1952.')
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
    throw new InvalidArgumentError('It must be a direction and a number of bytes, like up:120 or down:80.')
  return { direction, bytes: Number(bytes) }
}
