/** The flags of backup, restore, export and import. */
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import type { BackupOptions } from './backup.ts'
import type { ExportOptions } from './export.ts'
import type { ImportOptions } from './import.ts'
import type { RestoreOptions } from './restore.ts'
import { makeJournalOptions } from '../serve/options.ts'

/** Adds a command with the flags that all four have. */
function begin(program: Command, name: string): Command {
  const command = program.command(name)
  for (const option of makeJournalOptions()) command.addOption(option)
  return command.option('--json', 'print the result as one line of JSON')
}

export function addBackup(program: Command): void {
  begin(program, 'backup')
    .description('save games and keys in one file, also while the server runs')
    .argument('<place>', 'a file, which is created or brought up to date; or a folder with one file per journal')
    .option('--no-keys', 'omit the token keys: all guests lose their accounts after a restore')
    .addHelpText(
      'after',
      examples(
        ['oxo backup oxo.backup', 'the journal of ./oxo-data, and its keys'],
        ['oxo backup /var/lib/oxo-backup/ --journal sqlite:/var/lib/oxo/journal.sqlite', ''],
      ),
    )
    .addHelpText(
      'after',
      '\nThe keys come from OXO_SECRET if it is set, as for the server; else from the file `secret`.',
    )
    .action(async (place: string, options: BackupOptions) => (await import('./backup.ts')).backup(place, options))
}

export function addRestore(program: Command): void {
  begin(program, 'restore')
    .description('create a journal and its keys from a backup; never overwrites anything')
    .argument('<place>', 'the file that `oxo backup` wrote, or a folder with exactly one backup')
    .option('--keys <file>', "file for the keys; by default `secret` next to the journal's file")
    .option('--check', 'verify the backup and change nothing')
    .addHelpText(
      'after',
      examples(
        ['oxo restore oxo.backup --journal sqlite:new-data/journal.sqlite', ''],
        ['oxo restore --check oxo.backup', 'verify every hash'],
      ),
    )
    .action(async (place: string, options: RestoreOptions) => (await import('./restore.ts')).restore(place, options))
}

export function addExport(program: Command): void {
  begin(program, 'export')
    .description('write a journal as portable text, also while its server runs')
    .argument('[file]', 'a new file; -: standard output', '-')
    .option('--continue', 'continue an interrupted file, or add the new entries')
    .addHelpText(
      'after',
      examples(
        ['oxo export backup.ndjson', 'the journal of ./oxo-data'],
        ['oxo export backup.ndjson --continue', 'adds the new entries; the first time, exports all'],
        ['oxo export | zstd > backup.zst', ''],
      ),
    )
    .action(async (file: string, options: ExportOptions) => (await import('./export.ts')).exportJournal(file, options))
}

export function addImport(program: Command): void {
  begin(program, 'import')
    .description('load an export into a journal; run it again to resume')
    .argument('[file]', 'the file that `oxo export` wrote; -: standard input', '-')
    .option('--check', 'only verify the export; open no journal')
    .addHelpText(
      'after',
      examples(
        ['oxo import backup.ndjson --journal sqlite:new/journal.sqlite', ''],
        ['oxo import backup.ndjson --journal nats://a:4222,b:4222,c:4222', 'to a cluster'],
        ['oxo import --check backup.ndjson', 'verify every hash'],
      ),
    )
    .action(async (file: string, options: ImportOptions) => (await import('./import.ts')).importJournal(file, options))
}
