/** The catalog's thread. Opens the file, or rebuilds it if it is unusable. Then it answers one question at a time. */
import { constants, setPriority } from 'node:os'
import { assert } from '../../base/index.ts'
import { isCorrupt, serveCalls } from '../../base/node/index.ts'
import { CatalogFile, deleteFile, type GamesAsked, UnusableFile } from './catalog-file.ts'

let opened: { readonly path: string; readonly file: CatalogFile } | null = null
/** The damage because of which the file was deleted. Only an opening may start with an empty file. */
let damage: Error | null = null

function openFile(path: string): string | null {
  try {
    opened = { path, file: new CatalogFile(path) }
    return null
  } catch (error) {
    if (!(error instanceof UnusableFile) && !isCorrupt(error)) throw error
    deleteFile(path)
    opened = { path, file: new CatalogFile(path) }
    return error instanceof Error ? error.message : String(error)
  }
}

function use<Answer>(ask: (file: CatalogFile) => Answer): Answer {
  if (damage !== null) throw damage
  assert(opened !== null, 'the file is opened first')
  try {
    return ask(opened.file)
  } catch (error) {
    if (error instanceof Error && isCorrupt(error)) {
      damage = error
      opened.file.close()
      deleteFile(opened.path)
    }
    throw error
  }
}

/** Each throws the error of SQLite. After one that {@link isCorrupt}, every question is answered with it. */
const methods = {
  /** @returns why an older file was deleted; null: it was not. */
  open(path: string): string | null {
    const lost = openFile(path)
    // On Linux a priority applies to one thread, elsewhere to the process. Writing histories must not take a core from
    // moves; but the server's start waits for the opening, so the priority is lowered after it.
    if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
    return lost
  },
  mark: () => use((file) => file.mark()),
  /** JSON costs the main thread less than a structured clone of the rows. */
  put: (rows: readonly string[], mark: string) => use((file) => file.put(rows, mark)),
  clear: () => use((file) => file.clear()),
  clocked: (after: string, limit: number) => use((file) => file.clocked(after, limit)),
  gamesOf: (asked: GamesAsked) => use((file) => file.gamesOf(asked)),
}

export type CatalogMethods = typeof methods

serveCalls(methods, () => {
  if (damage === null) opened?.file.close()
})
