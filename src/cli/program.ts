/** The commands, their arguments and their help. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { serverDefault } from './address.ts'
import type { BotOptions } from './commands/bot.ts'
import { addChaos } from './chaos/options.ts'
import { addDemo } from './demo/options.ts'
import { addConform } from './conform/options.ts'
import type { GamesOptions } from './commands/games.ts'
import type { KeyStep } from './commands/cluster-keys.ts'
import { readEnvironment } from './environment.ts'
import { examples } from './examples.ts'
import { errorCode } from '../base/node/index.ts'
import { glyphsOf } from './glyphs.ts'
import type { PlayOptions } from './play/play.ts'
import { addGrade } from './grade/options.ts'
import { addBackup, addExport, addImport, addRestore } from './transfer/options.ts'
import { makeJournalOptions, makeServeOptions, parsePartitions } from './serve/options.ts'
import { type ServerSettings } from '../server/settings.ts'
import { outliveTerminal } from './signals.ts'
import { exitCodes, Stop } from '../server/stop.ts'
import type { VerifyJournalOptions } from './commands/verify-journal.ts'
import { version } from '../server/version.ts'

/** Runs one command line and sets the exit code of the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  // The reader of standard output may exit early, as `head` does; then the command ends. A server continues, and an
  // export reports that it is incomplete.
  process.stdout.on('error', (cause) => {
    if (args[0] === 'serve' || args[0] === 'export') return
    if (errorCode(cause) === 'EPIPE') process.exit(exitCodes.ok)
    console.error(`Standard output cannot be written (${errorCode(cause)}).`)
    process.exit(exitCodes.failed)
  })
  if (args[0] !== 'serve') outliveTerminal()
  await fitTerminals()
  try {
    await makeProgram().parseAsync(args.length === 0 ? ['help'] : args, { from: 'user' })
  } catch (cause) {
    process.exitCode = report(cause)
  }
}

/** Replaces characters that a terminal cannot show; a pipe or a file gets all of UTF-8. */
async function fitTerminals(): Promise<void> {
  const glyphs = glyphsOf(process.env, process.platform)
  const terminals = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY)
  if (glyphs === 'all' || terminals.length === 0) return
  const { writePlain } = await import('./plain-output.ts')
  for (const terminal of terminals) writePlain(terminal, glyphs)
}

function report(cause: unknown): number {
  // Commander has already printed the error.
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (!(cause instanceof Stop)) throw cause
  console.error(cause.message)
  return cause.exitCode
}

export function makeProgram(): Command {
  const program = new Command('oxo')
    .description('Networked tic-tac-toe: one port, and every acknowledged move stored.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .showHelpAfterError('(see `oxo help`)')
  // Commander treats any variable that exists as given, even an empty one.
  program.hook('preSubcommand', (_, command) => readEnvironment(command.options, process.env))
  addServe(program)
  addPlay(program)
  addWatch(program)
  addGames(program)
  addBot(program)
  addRecord(program)
  addVerify(program)
  addChaos(program)
  addConform(program)
  addDemo(program)
  addBackup(program)
  addRestore(program)
  addExport(program)
  addImport(program)
  addCluster(program)
  addGrade(program)
  return program.addHelpText('after', exitCodeHelp)
}

const exitCodeHelp = `
Begin with:
  oxo serve                     a server on this machine
  oxo play --bot perfect        a game against it, in the terminal
  oxo play --hot-seat           a game for two at one keyboard, without a server

Exit codes: ${exitCodes.ok} done, ${exitCodes.failed} failed, ${exitCodes.usage} not understood, \
${exitCodes.refused} refused by the server, ${exitCodes.unreachable} no server reached.`.replaceAll('\\\n', '')

function addServe(program: Command): void {
  const command = program.command('serve').description('run a server')
  for (const option of makeServeOptions()) command.addOption(option)
  command
    .addHelpText(
      'after',
      examples(
        ['oxo serve', 'on this machine only, games in ./oxo-data'],
        ['oxo serve --host 0.0.0.0', 'for friends in the same network'],
        ['oxo serve --port 0 --journal memory', 'on any free port, keeping nothing'],
        ['OXO_PORT=8080 oxo serve', 'every flag is an environment variable too'],
      ),
    )
    .addHelpText(
      'after',
      '\nOXO_SECRET holds the token keys, separated by commas: the first one signs, all of them verify.',
    )
    .action(async (settings: ServerSettings) => (await import('./serve/command.ts')).serve(settings))
}

function addPlay(program: Command): void {
  program
    .command('play')
    .description('play in the terminal: against a friend, anyone, or a bot')
    .addArgument(url())
    .addOption(new Option('--game <game>', "a friend's game, by id or link").conflicts(['anyone', 'bot']))
    .addOption(new Option('--anyone', 'play against the next opponent in the lobby').conflicts('bot'))
    .addOption(levelOption('--bot <level>', "play against the server's bot of this strength"))
    .addOption(
      new Option('--hot-seat', 'two at this keyboard, without a server').conflicts(['game', 'anyone', 'bot', 'seat']),
    )
    .option(
      '--rules <rules>',
      'tictactoe, gomoku, connect-four, misere, wild, notakto, tictactoe-4, or W,H,L[+options]',
    )
    .addOption(new Option('--seat <seat>', 'your side; X moves first').choices(['X', 'O', 'any']))
    .option('--clock <control>', 'minutes and seconds a move: 5+3; or seconds for each move: 30s')
    .addOption(new Option('--match <games>', 'a match of at most so many games, with a score').choices(['3', '5', '7']))
    .option('--name <name>', 'how others see you; each name has an account and games of its own')
    .addHelpText(
      'after',
      examples(
        ['oxo play', 'begins a game and prints what your friend has to type'],
        ['oxo play http://localhost:1952/games/ID', 'joins it'],
        ['oxo play --bot perfect', 'against a bot that never loses on small boards'],
        ['oxo play --anyone --rules connect-four', 'against the next opponent'],
        ['oxo play --hot-seat --rules 5,5,4', 'on a board of your own'],
      ),
    )
    .action(async (server: string, options: PlayOptions) => {
      // React, which draws the terminal, runs its slow development checks unless NODE_ENV says production.
      process.env['NODE_ENV'] ??= 'production'
      await (await import('./play/play.ts')).play(server, options)
    })
}

function addWatch(program: Command): void {
  program
    .command('watch')
    .description('print each position of a game as it happens')
    .argument('<game>', 'id or link')
    .addArgument(url())
    .option('--json', 'print each state as one line of JSON, as in the protocol')
    .addHelpText('after', examples(['oxo watch main', 'the open board'], ['oxo watch main --json | jq .board', '']))
    .action(async (game: string, server: string, options: JsonFlag) =>
      (await import('./commands/watch.ts')).watch(game, server, options),
    )
}

function addGames(program: Command): void {
  program
    .command('games')
    .description('list the lobby and your own games')
    .addArgument(url())
    .option('--json', 'print JSON, as in the protocol: { lobby, own }')
    .option('--name <name>', 'list the games of the account with this name')
    .addHelpText('after', examples(['oxo games', ''], ['oxo games https://oxo.example --json', '']))
    .action(async (server: string, options: GamesOptions) =>
      (await import('./commands/games.ts')).games(server, options),
    )
}

function addBot(program: Command): void {
  program
    .command('bot')
    .description('run a bot in this process, as an ordinary client')
    .addArgument(url())
    .addOption(levelOption('--level <level>', 'how strong').default('casual'))
    .addOption(new Option('--games <number>', 'how many games').argParser(parseGames).default(1))
    .option('--rules <rules>', 'as for play')
    .option('--game <game>', 'the game to join, by id or link; by default the next opponent in the lobby')
    .option('--name <name>', 'how others see it')
    .addHelpText(
      'after',
      examples(
        ['oxo bot --level perfect --games 10', 'ten games against opponents from the lobby'],
        ['oxo bot --game ID', 'joins one game'],
      ),
    )
    .action(async (server: string, options: BotOptions) => (await import('./commands/bot.ts')).bot(server, options))
}

function addRecord(program: Command): void {
  program
    .command('record')
    .description('print a whole game as a sheet, or as a record that can be verified')
    .argument('<game>', 'id or link')
    .addArgument(url())
    .option('--json', 'print every event with its hash chain as JSON')
    .addHelpText('after', examples(['oxo record main', 'the moves'], ['oxo record main --json > main.json', '']))
    .action(async (game: string, server: string, options: JsonFlag) =>
      (await import('./commands/record.ts')).record(game, server, options),
    )
}

function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('check a record without a server: its chain, and every move against the rules; or all of a journal')
    .argument('[file]', 'what `oxo record --json` printed; -: standard input')
  for (const option of makeJournalOptions(false)) command.addOption(option)
  command
    .option('--json', 'for a journal: print each damaged entry, and the summary, as one line of JSON')
    .addHelpText(
      'after',
      examples(
        ['oxo verify main.json', ''],
        ['oxo record main --json | oxo verify -', ''],
        ['oxo verify --journal sqlite:oxo-data/journal.sqlite', 'every entry, also while its server runs'],
      ),
    )
    .addHelpText(
      'after',
      "\nA head is a checksum, not a signature, and does not cover the game's id: compare it with one that you trust.",
    )
    .action(async (file: string | undefined, options: Partial<VerifyJournalOptions>) => {
      const { journal } = options
      if ((file === undefined) === (journal === undefined))
        throw new Stop('usage', 'Name either the file of a record, or a journal with --journal.')
      if (file !== undefined) return (await import('./commands/verify.ts')).verify(file)
      return (await import('./commands/verify-journal.ts')).verifyJournal(options)
    })
}

function addCluster(program: Command): void {
  const cluster = program
    .command('cluster')
    .description('inspect a cluster: nodes, streams, replicas')
    .addHelpText('after', examples(['oxo cluster status', 'of the server on this machine']))
  cluster
    .command('status')
    .description('ask one node about the whole cluster; exits with 1 if something needs attention')
    .addArgument(url())
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples(['oxo cluster status', ''], ['oxo cluster status http://node-2:1952 --json', '']))
    .action(async (server: string, options: JsonFlag) =>
      (await import('./commands/cluster-status.ts')).clusterStatus(server, options),
    )
  cluster
    .command('keys')
    .description('rotate the token keys in two steps: prints the next OXO_SECRET, and whether it is safe to use')
    .addArgument(
      new Argument('<step>', 'add: a new key; swap: sign with it; check: the keys of all nodes').choices([
        'add',
        'swap',
        'check',
      ]),
    )
    .addArgument(url())
    .addHelpText('after', examples(['OXO_SECRET=$(oxo cluster keys add)', 'then restart each node with it']))
    .action(async (step: KeyStep, server: string) =>
      (await import('./commands/cluster-keys.ts')).clusterKeys(step, server, process.env['OXO_SECRET']),
    )
  cluster
    .command('permissions')
    .description('print the permissions that the NATS user of the nodes needs, as lines of NATS configuration')
    .option('--name <name>', 'name of the journal, as in nats://HOST:PORT/NAME', 'oxo')
    .option('--partitions <number>', 'number of streams that the games are spread over', parsePartitions, 1)
    .addHelpText('after', examples(['oxo cluster permissions', ''], ['oxo cluster permissions --partitions 3', '']))
    .action(async ({ name, partitions }: { readonly name: string; readonly partitions: number }) => {
      const { loadJetStream } = await import('../server/cluster-journal.ts')
      process.stdout.write((await loadJetStream()).makePermissions(name, partitions))
    })
}

interface JsonFlag {
  readonly json?: boolean
}

function url(): Argument {
  const named = process.env['OXO_URL'] ?? ''
  return new Argument('[url]', 'the server (env: OXO_URL)').default(named === '' ? serverDefault : named)
}

function levelOption(flags: string, about: string): Option {
  return new Option(flags, about).choices(['random', 'casual', 'perfect'])
}

function parseGames(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 or more.')
  return Number(text)
}
