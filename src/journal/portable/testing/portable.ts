/** Makes journals to export, and exports as text. */
import { type Journal, MemoryJournal } from '../../index.ts'
import { sha256Chain } from '../../../base/node/index.ts'
import { ExportReader } from '../read.ts'
import { makeSource } from '../source.ts'
import { ExportTally } from '../tally.ts'
import { ExportWriter } from '../write.ts'

/** A journal with `entries` entries, distributed over `games` games in turn. */
export async function makeJournal(entries: number, games: number): Promise<MemoryJournal> {
  const journal = new MemoryJournal({ chain: sha256Chain })
  await addEntries(journal, 0, { entries, games })
  return journal
}

/** Adds entries to a journal of {@link makeJournal}, beginning with entry number `first`. */
export async function addEntries(
  journal: Journal,
  first: number,
  { entries, games }: { readonly entries: number; readonly games: number },
): Promise<void> {
  for (let index = first; index < first + entries; index++)
    await journal.append(`game-${index % games}`, Math.floor(index / games), `entry ${index} “\u2028” 𝕏`)
}

/** Exports a whole journal. The journal stays open. */
export async function exportText(journal: Journal): Promise<string> {
  const written: string[] = []
  const sink = { write: async (text: string) => void written.push(text) }
  await new ExportWriter(sink, new ExportTally()).write(makeSource(journal), null)
  return written.join('')
}

/** Splits a text into chunks of `size` bytes, which may end within a line or a character. */
export async function* chunksOf(text: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** Reads a whole export. Resolves with its entries. @throws ExportFault */
export async function readPortableText(text: string | Uint8Array, size?: number) {
  const entries = []
  for await (const stretch of new ExportReader().read(chunksOf(text, size))) entries.push(...stretch.entries)
  return entries
}
