/** The flags of `oxo demo`, and its help. */
import { type Command, Option } from 'commander'
import { examples } from '../examples.ts'
import { parsePort } from '../numbers.ts'

interface DemoOptions {
  readonly port: number
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('run a cluster on this machine, with a page to kill, freeze, cut off and start its processes')
    .addOption(
      new Option('--port <number>', 'port of the page; the three nodes use the next ones; 0: any free ports')
        .argParser(parsePort)
        .default(1952),
    )
    .addHelpText(
      'after',
      examples(['oxo demo', 'then open the address that it prints'], ['oxo demo --port 0', 'beside another server']),
    )
    .addHelpText(
      'after',
      '\nIt needs nats-server 2.12 or newer on the path, or named in OXO_NATS_SERVER. Only this machine can reach the page.',
    )
    .action(async (options: DemoOptions) => (await import('./command.ts')).demo(options))
}
