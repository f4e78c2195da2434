/** The flags of the commands that move games. */
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import type { BackupOptions } from './backup.ts'
import type { ExportOptions } from './export.ts'
import type { ImportOptions } from './import.ts'
import type { RestoreOptions } from './restore.ts'
import { makeJournalOptions } from '../serve/options.ts'

/** What each of them takes: which journal, and how it says its end. */
function begin(program: Command, name: string): Command {
  const command = program.command(name)
  for (const option of makeJournalOptions()) command.addOption(option)
  return command.option('--json', 'say how it ended as one line of JSON')
}

export function addBackup(program: Command): void {
  begin(program, 'backup')
    .description('save games and keys in one file, also while the server runs')
    .argument('<place>', 'a file, to which what is new is added; or a folder, where each journal has a file of its own')
    .option('--no-keys', 'without the keys of the tokens: every guest is a new one after a restore')
    .addHelpText(
      'after',
      examples(
        ['oxo backup oxo.backup', 'the journal of ./oxo-data, and its keys'],
        ['oxo backup /var/lib/oxo-backup/ --journal sqlite:/var/lib/oxo/journal.sqlite', ''],
      ),
    )
    .addHelpText('after', '\nKeys are those of OXO_SECRET if it is set, as for the server; else of the file `secret`.')
    .action(async (place: string, options: BackupOptions) => (await import('./backup.ts')).backup(place, options))
}

export function addRestore(program: Command): void {
  begin(program, 'restore')
    .description('make a journal and its keys of a backup; never over what is there')
    .argument('<place>', 'what `oxo backup` wrote, or the folder that it is alone in')
    .option('--keys <file>', 'where the keys go; by default `secret` beside the file of the journal')
    .option('--check', 'verify the backup and change nothing')
    .addHelpText(
      'after',
      examples(
        ['oxo restore oxo.backup --journal sqlite:new-data/journal.sqlite', ''],
        ['oxo restore --check oxo.backup', 'every hash of it'],
      ),
    )
    .action(async (place: string, options: RestoreOptions) => (await import('./restore.ts')).restore(place, options))
}

export function addExport(program: Command): void {
  begin(program, 'export')
    .description('write a journal as portable text, also while its server runs')
    .argument('[file]', 'a new file; -: standard output', '-')
    .option('--continue', 'go on with a file that was interrupted, or add what is new since')
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
  begin(program, 'import')
    .description('load an export into a journal; run it again to resume')
    .argument('[file]', 'what `oxo export` wrote; -: standard input', '-')
    .option('--check', 'verify the export and touch no journal')
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
