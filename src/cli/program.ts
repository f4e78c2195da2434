/** The commands, their arguments and their help. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { serverDefault } from './address.ts'
import type { BotOptions } from './commands/bot.ts'
import { addChaos } from './chaos/options.ts'
import type { GamesOptions } from './commands/games.ts'
import type { KeyStep } from './commands/cluster-keys.ts'
import { readEnvironment } from './environment.ts'
import { examples } from './examples.ts'
import { codeOf } from '../server/files.ts'
import { glyphsOf } from './glyphs.ts'
import type { PlayOptions } from './play/play.ts'
import { addBackup, addExport, addImport, addRestore } from './transfer/options.ts'
import { makeJournalOptions, makeServeOptions, parsePartitions } from './serve/options.ts'
import { type ServerSettings } from '../server/settings.ts'
import { outliveTerminal } from './serve/signals.ts'
import { exitCodes, Stop } from '../server/stop.ts'
import type { VerifyJournalOptions } from './commands/verify-journal.ts'
import { version } from '../server/version.ts'

/** Runs one command line; its end is the exit code of the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  // Whoever reads may go away, `head` for one: what is written then is for nobody. A server goes on, and an
  // export that is not whole says so.
  process.stdout.on('error', (cause) => {
    if (args[0] === 'serve' || args[0] === 'export') return
    if (codeOf(cause) === 'EPIPE') process.exit(exitCodes.ok)
    console.error(`Standard output cannot be written (${codeOf(cause)}).`)
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

/** What is written to a terminal is what it can show; a pipe or a file gets everything, in UTF-8. */
async function fitTerminals(): Promise<void> {
  const glyphs = glyphsOf(process.env, process.platform)
  const terminals = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY)
  if (glyphs === 'all' || terminals.length === 0) return
  const { writePlain } = await import('./plain-output.ts')
  for (const terminal of terminals) writePlain(terminal, glyphs)
}

function report(cause: unknown): number {
  // It has said what it has to say.
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
    .showHelpAfterError('(`oxo help` says more)')
  // Commander takes a variable for given whatever it says.
  program.hook('preSubcommand', (_, command) => readEnvironment(command.options, process.env))
  addServe(program)
  addPlay(program)
  addWatch(program)
  addGames(program)
  addBot(program)
  addRecord(program)
  addVerify(program)
  addChaos(program)
  addBackup(program)
  addRestore(program)
  addExport(program)
  addImport(program)
  addCluster(program)
  addBench(program)
  return program.addHelpText('after', exitCodeHelp)
}

const exitCodeHelp = `
Begin with:
  oxo serve                     a server on this machine
  oxo play --bot perfect        a game against it, in the terminal
  oxo play --hot-seat           a game for two at one keyboard, without a server

Exit codes: ${exitCodes.ok} done, ${exitCodes.failed} failed, ${exitCodes.usage} not understood, \
${exitCodes.refused} refused by the server, ${exitCodes.unreachable} no server answers.`.replaceAll('\\\n', '')

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
    .addHelpText('after', '\nOXO_SECRET holds the keys of tokens, with commas between: the first signs, all verify.')
    .action(async (settings: ServerSettings) => (await import('./serve/command.ts')).serve(settings))
}

function addPlay(program: Command): void {
  program
    .command('play')
    .description('play in the terminal: against a friend, anyone, or a bot')
    .addArgument(url())
    .addOption(new Option('--game <game>', "a friend's game, by id or link").conflicts(['anyone', 'bot']))
    .addOption(new Option('--anyone', 'sit down with whoever waits in the lobby').conflicts('bot'))
    .addOption(levelOption('--bot <level>', 'against the server: how strong'))
    .addOption(
      new Option('--hot-seat', 'two at this keyboard, without a server').conflicts(['game', 'anyone', 'bot', 'seat']),
    )
    .option(
      '--rules <rules>',
      'tictactoe, gomoku, connect-four, misere, wild, notakto, tictactoe-4, or W,H,L[+options]',
    )
    .addOption(new Option('--seat <seat>', 'your side; X moves first').choices(['X', 'O', 'any']))
    .option('--clock <control>', 'minutes and seconds a move: 5+3; or seconds for each move: 30s')
    .option('--name <name>', 'how others see you; each name has an account and games of its own')
    .addHelpText(
      'after',
      examples(
        ['oxo play', 'begins a game and says what your friend types'],
        ['oxo play http://localhost:1952/games/ID', 'joins it'],
        ['oxo play --bot perfect', 'against a bot that never loses on small boards'],
        ['oxo play --anyone --rules connect-four', 'against whoever comes'],
        ['oxo play --hot-seat --rules 5,5,4', 'on a board of your own'],
      ),
    )
    .action(async (server: string, options: PlayOptions) => {
      // What draws the terminal checks itself at every step unless it is told that it is not under development.
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
    .option('--json', 'one state a line, as the protocol has it')
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
    .option('--json', 'as the protocol has them: { lobby, own }')
    .option('--name <name>', 'whose games: the name that they were played with')
    .addHelpText('after', examples(['oxo games', ''], ['oxo games https://oxo.example --json', '']))
    .action(async (server: string, options: GamesOptions) =>
      (await import('./commands/games.ts')).games(server, options),
    )
}

function addBot(program: Command): void {
  program
    .command('bot')
    .description('let a bot play here, like any other client')
    .addArgument(url())
    .addOption(levelOption('--level <level>', 'how strong').default('casual'))
    .addOption(new Option('--games <number>', 'how many games').argParser(parseGames).default(1))
    .option('--rules <rules>', 'as for play')
    .option('--game <game>', 'the game to join, by id or link; otherwise whoever waits in the lobby')
    .option('--name <name>', 'how others see it')
    .addHelpText(
      'after',
      examples(
        ['oxo bot --level perfect --games 10', 'against ten who come to the lobby'],
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
    .option('--json', 'every event with its hash chain')
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
    .option('--json', 'of a journal: each damage, and the end, as one line of JSON')
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
      "\nA head is a checksum, not a signature, and the game's name is no part of it: compare it with one that you trust.",
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
    .description('what runs where: nodes, streams, copies')
    .addHelpText('after', examples(['oxo cluster status', 'of the server on this machine']))
  cluster
    .command('status')
    .description('ask one node about all; ends with 1 where something should be looked at')
    .addArgument(url())
    .option('--json', 'as one line of JSON')
    .addHelpText('after', examples(['oxo cluster status', ''], ['oxo cluster status http://node-2:1952 --json', '']))
    .action(async (server: string, options: JsonFlag) =>
      (await import('./commands/cluster-status.ts')).clusterStatus(server, options),
    )
  cluster
    .command('keys')
    .description('change the keys of tokens in two steps: say what OXO_SECRET is to be next, and whether it is safe')
    .addArgument(
      new Argument('<step>', 'add: a new key; swap: sign with it; check: what all nodes have').choices([
        'add',
        'swap',
        'check',
      ]),
    )
    .addArgument(url())
    .addHelpText('after', examples(['OXO_SECRET=$(oxo cluster keys add)', 'and then start each node with it']))
    .action(async (step: KeyStep, server: string) =>
      (await import('./commands/cluster-keys.ts')).clusterKeys(step, server, process.env['OXO_SECRET']),
    )
  cluster
    .command('permissions')
    .description('print what NATS servers must let the user of the nodes do, as lines of their configuration')
    .option('--name <name>', 'of the journal, as in nats://HOST:PORT/NAME', 'oxo')
    .option('--partitions <number>', 'streams that its games are spread over', parsePartitions, 1)
    .addHelpText('after', examples(['oxo cluster permissions', ''], ['oxo cluster permissions --partitions 3', '']))
    .action(async ({ name, partitions }: { readonly name: string; readonly partitions: number }) => {
      const { loadJetStream } = await import('../server/cluster-journal.ts')
      process.stdout.write((await loadJetStream()).makePermissions(name, partitions))
    })
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure Oxo beside its peers, from a checkout')
    .argument('[arguments...]', 'for the benchmark')
    .allowUnknownOption()
    .addHelpText('after', examples(['oxo bench --quick', 'all of it, in some three minutes']))
    .action(async (args: readonly string[]) => (await import('./bench.ts')).bench(args))
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
