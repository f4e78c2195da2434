/** What a server keeps: the journal, the catalog beside it, and the keys of its tokens. */
import { dirname, join, resolve } from 'node:path'
import type { Log } from '../base/index.ts'
import { type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import { openSqliteJournal } from '../journal/sqlite/index.ts'
import { Fault } from '../protocol/index.ts'
import type { CatalogStore } from '../service/index.ts'
import type { TokenKey } from '../service/jwt-tokens.ts'
import { MemoryCatalogStore } from '../service/memory-catalog-store.ts'
import { openSqliteCatalogStore } from '../service/sqlite/index.ts'
import { makeTokenKey, openTokenKey, parseSecrets } from './secret.ts'
import type { ServeSettings } from './serve-options.ts'
import { Stop } from './stop.ts'

export interface Storage {
  readonly journal: Journal
  readonly catalog: CatalogStore
  readonly keys: readonly TokenKey[]
  /** For people: where the journal is. */
  readonly place: string
  /** Resolves with why when the journal takes nothing more and the process should stop. */
  readonly failed: Promise<JournalFault>
}

export interface StorageOptions extends Pick<ServeSettings, 'journal' | 'durability'> {
  /** Given keys instead of those of a file. */
  readonly secret?: string | undefined
  readonly log: Log
}

/** @throws Stop */
export async function openStorage({ journal, durability, secret, log }: StorageOptions): Promise<Storage> {
  const keys = secret === undefined || secret === '' ? null : parseSecrets(secret)
  if (journal === 'memory') {
    const never = Promise.withResolvers<JournalFault>().promise
    const parts = { journal: new MemoryJournal(), catalog: new MemoryCatalogStore(), keys: keys ?? [makeTokenKey()] }
    return { ...parts, place: 'memory', failed: never }
  }
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(journal)?.[1]
  if (file === undefined)
    throw new Stop('usage', `--journal ${journal}: name a file as sqlite:FILE, or say memory to keep nothing.`)
  return openFiles(resolve(file), { durability, given: keys, log })
}

/** The journal first: whoever has it has the folder. */
async function openFiles(
  file: string,
  { durability, given, log }: { durability: ServeSettings['durability']; given: readonly TokenKey[] | null; log: Log },
): Promise<Storage> {
  const folder = dirname(file)
  try {
    const journal = await openSqliteJournal({ file, durability })
    try {
      const keys = given ?? [openTokenKey(join(folder, 'secret'))]
      const catalog = await openSqliteCatalogStore({ file: join(folder, 'catalog.sqlite'), log })
      return { journal, catalog, keys, place: file, failed: journal.failed }
    } catch (cause) {
      await journal.close()
      throw cause
    }
  } catch (cause) {
    if (cause instanceof JournalFault || cause instanceof Fault)
      throw new Stop('failed', sentence(cause.message), { cause })
    throw cause
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
