/** What a server keeps: the journal, the catalog beside it, and the keys of its tokens. */
import { dirname, join, resolve } from 'node:path'
import type { Log } from '../base/index.ts'
import { type Journal, JournalFault, MemoryJournal } from '../journal/index.ts'
import { openSqliteJournal } from '../journal/sqlite/index.ts'
import { Fault } from '../protocol/errors.ts'
import type { CatalogStore } from '../service/index.ts'
import type { TokenKey } from '../service/jwt-tokens.ts'
import { makeTokenKey, openTokenKey, parseSecrets } from './secret.ts'
import type { ServeSettings } from './serve-options.ts'
import { sentenceOf, Stop } from './stop.ts'

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

// What the catalog needs is much, and is loaded while the journal's thread starts.
const loadSqliteCatalog = () => import('../service/sqlite/index.ts')
const loadMemoryCatalog = () => import('../service/memory-catalog-store.ts')

/** @throws Stop */
export async function openStorage({ journal, durability, secret, log }: StorageOptions): Promise<Storage> {
  const keys = secret === undefined || secret === '' ? null : parseSecrets(secret)
  if (journal === 'memory') return openMemory(keys)
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(journal)?.[1]
  if (file === undefined)
    throw new Stop('usage', `--journal ${journal}: name a file as sqlite:FILE, or say memory to keep nothing.`)
  try {
    return await openFiles(resolve(file), { durability, keys, log })
  } catch (cause) {
    if (cause instanceof JournalFault || cause instanceof Fault)
      throw new Stop('failed', sentenceOf(cause.message), { cause })
    throw cause
  }
}

async function openMemory(keys: readonly TokenKey[] | null): Promise<Storage> {
  const { MemoryCatalogStore } = await loadMemoryCatalog()
  return {
    journal: new MemoryJournal(),
    catalog: new MemoryCatalogStore(),
    keys: keys ?? [makeTokenKey()],
    place: 'memory',
    failed: Promise.withResolvers<JournalFault>().promise,
  }
}

interface FileOptions {
  readonly durability: ServeSettings['durability']
  readonly keys: readonly TokenKey[] | null
  readonly log: Log
}

/** The journal first: whoever has it has what lies beside it. */
async function openFiles(file: string, { durability, keys, log }: FileOptions): Promise<Storage> {
  const journal = await openSqliteJournal({ file, durability })
  try {
    const { openSqliteCatalogStore } = await loadSqliteCatalog()
    return {
      journal,
      catalog: await openSqliteCatalogStore({ file: `${file}.catalog`, log }),
      keys: keys ?? [openTokenKey(join(dirname(file), 'secret'))],
      place: file,
      failed: journal.failed,
    }
  } catch (cause) {
    await journal.close()
    throw cause
  }
}
