/** The flags of `oxo export` and `oxo import`. */
import type { Command } from 'commander'
import { examples } from './examples.ts'
import type { ExportOptions } from './export.ts'
import type { ImportOptions } from './import.ts'
import { makeJournalOptions } from './serve-options.ts'

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('write a journal as portable text, also while its server runs')
    .argument('[file]', 'a new file; -: standard output', '-')
  for (const option of makeJournalOptions()) command.addOption(option)
  command
    .option('--continue', 'go on with a file that was interrupted, or add what is new since')
    .option('--json', 'say how it ended as one line of JSON')
    .addHelpText(
      'after',
      examples(
        ['oxo export backup.ndjson', 'the journal of ./oxo-data'],
        ['oxo export backup.ndjson --continue', 'what is new since; or all, the first time'],
        ['oxo export | zstd > backup.zst', ''],
      ),
    )
    .action(async (file: string, options: ExportOptions) => (await import('./export.ts')).exportJournal(file, options))
}

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .description('bring an export into a journal; the same again goes on where it stopped')
    .argument('[file]', 'what `oxo export` wrote; -: standard input', '-')
  for (const option of makeJournalOptions()) command.addOption(option)
  command
    .option('--check', 'verify the export and touch no journal')
    .option('--json', 'say how it ended as one line of JSON')
    .addHelpText(
      'after',
      examples(
        ['oxo import backup.ndjson --journal sqlite:new/journal.sqlite', ''],
        ['oxo import backup.ndjson --journal nats://a:4222,b:4222,c:4222', 'to a cluster'],
        ['oxo import --check backup.ndjson', 'every hash of a backup'],
      ),
    )
    .action(async (file: string, options: ImportOptions) => (await import('./import.ts')).importJournal(file, options))
}
