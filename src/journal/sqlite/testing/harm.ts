/** Damages a closed journal as a bad disk would. */
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Random } from '../../../base/index.ts'

const pageBytes = 4096

export type HarmedPart = 'entries' | 'index of entries' | 'games' | 'index of games'

const nameOf: Readonly<Record<HarmedPart, string>> = {
  entries: 'entry',
  'index of entries': 'sqlite_autoindex_entry_1',
  games: 'game',
  'index of games': 'sqlite_autoindex_game_1',
}

/** The numbers of the leaf pages of one part, which contain its rows. */
export function leavesOf(file: string, part: HarmedPart): readonly number[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(nameOf[part])?.['rootpage']
  const bytes = readFileSync(file)
  const leaves: number[] = []
  const walk = (page: number): void => {
    const at = (page - 1) * pageBytes
    const type = bytes.readUInt8(at)
    if (type === 0x0a || type === 0x0d) return void leaves.push(page)
    for (let cell = 0; cell < bytes.readUInt16BE(at + 3); cell++)
      walk(bytes.readUInt32BE(at + bytes.readUInt16BE(at + 12 + 2 * cell)))
    walk(bytes.readUInt32BE(at + 8))
  }
  walk(Number(root))
  return leaves
}

/** Flips one bit in the content of a random row, or anywhere on a random page. */
export function harm(file: string, part: HarmedPart, random: Random, where: 'row' | 'page' = 'row'): void {
  const leaves = leavesOf(file, part)
  const at = ((leaves[random.below(leaves.length)] ?? 1) - 1) * pageBytes
  const bytes = readFileSync(file)
  const cell = bytes.readUInt16BE(at + 8 + 2 * random.below(bytes.readUInt16BE(at + 3)))
  // A row of an index begins with its length, the length of its header and the types of two or three columns.
  const place = where === 'row' ? at + cell + 4 + random.below(6) : at + random.below(pageBytes)
  bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << random.below(8)), place)
  writeFileSync(file, bytes)
}
