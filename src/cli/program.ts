/** The commands, their arguments and their help. */
import { Command, CommanderError } from 'commander'
import { makeServeOptions, type ServeSettings } from './serve-options.ts'
import { exitCodes, Stop } from './stop.ts'
import { version } from './version.ts'

/** Runs one command line; its end is the exit code of the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  try {
    await makeProgram().parseAsync(args, { from: 'user' })
  } catch (cause) {
    process.exitCode = report(cause)
  }
}

function report(cause: unknown): number {
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
    .showSuggestionAfterError()
  const serve = program.command('serve').description('run a server')
  for (const option of makeServeOptions()) serve.addOption(option)
  serve.action(async (settings: ServeSettings) => (await import('./serve-command.ts')).serve(settings))
  return program
}
