/** The flags of `oxo conform`, and its help. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { examples } from '../examples.ts'
import { parseCount } from '../numbers.ts'

export interface ConformSettings {
  /** A command that starts a server without games on the port that replaces `{port}`. */
  readonly start?: string
  /** A command that plays one game as a client; the server is then the tool's. */
  readonly client?: string
  /** The only fault to check the client with. */
  readonly fault?: string
  /** How long an answer may take, in ms. */
  readonly patience: number
  /** Where to write `conformance.json`. */
  readonly json?: string
}

export function addConform(program: Command): void {
  program
    .command('conform')
    .description("check whether a server speaks Oxo's protocol: every transcript of spec/ and the rules of the wire")
    .addArgument(new Argument('[url]', 'the server; left out: one that --start starts'))
    .addOption(
      new Option(
        '--start <command>',
        'starts a server without games on {port}: for transcripts that begin on an empty one',
      ),
    )
    .addOption(
      new Option('--client <command>', 'checks a client instead: plays the game {game} on {host} {port}').conflicts(
        'start',
      ),
    )
    .addOption(new Option('--fault <name>', 'only the game with this fault, as `--client` names it'))
    .addOption(
      new Option('--patience <ms>', 'how long an answer may take; a game of a client six times as long')
        .argParser(parsePatience)
        .default(5_000),
    )
    .addOption(new Option('--json <file>', 'write the results as conformance.json, which shields.io shows as a badge'))
    .addHelpText('after', help)
    .action(async (server: string | undefined, settings: ConformSettings) => {
      if (settings.client === undefined) return (await import('./command.ts')).conformServer(server, settings)
      return (await import('./client/command.ts')).conformClient(settings.client, settings)
    })
}

const help = `${examples(
  ['oxo conform http://localhost:1952', 'a server that runs'],
  ["oxo conform --start './my-server --port {port}'", 'also what needs an empty server'],
  ['oxo conform https://oxo.example --json conformance.json', 'a file to publish'],
  ["oxo conform --client './my-client {host} {port} {game}'", 'a client over JSON lines, with a failing server'],
  ["oxo conform --client './my-client ws://{host}:{port} {game}'", 'a client over a WebSocket'],
)}

It checks each protocol that the server answers: text, JSON lines, WebSocket, HTTP. It plays games of its own, with
random ids, and leaves them there. A failure names the rules of docs/SPEC.md that are broken.

A client is checked over JSON lines or a WebSocket. Over HTTP each request stands alone: there is no connection that a fault
could end, and nothing to resume.

Exit codes: 0 everything that was checked passed, 1 something failed, 2 the server could not be checked.`

function parsePatience(text: string): number {
  const ms = parseCount(text)
  if (ms < 50) throw new InvalidArgumentError('It must be 50 or more.')
  return ms
}
