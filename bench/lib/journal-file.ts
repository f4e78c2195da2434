/** Journal files of the bench: creates fresh ones, counts their moves, and builds one with a million events. */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Event, presets } from '../../src/game/index.ts'
import { openSqliteJournal } from '../../src/journal/sqlite/index.ts'
import { makeBody } from '../../src/protocol/index.ts'

/** A temporary folder for a journal and its other files, deleted with everything in it on disposal. */
export class JournalFolder implements Disposable {
  readonly #folder: string

  constructor(under: string) {
    this.#folder = mkdtempSync(join(under, 'run-'))
  }

  get file(): string {
    return join(this.#folder, 'journal.db')
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Counts the moves in a journal that no server has open. */
export async function countMoves(file: string): Promise<number> {
  const journal = await openSqliteJournal({ file })
  let moves = 0
  const all = journal.follow('', (entries) => {
    for (const { body } of entries) if (body.includes('"type":"moved"')) moves++
  })
  await all.caughtUp
  all.close()
  await journal.close()
  return moves
}

const players = ['X', 'O'] as const
const draw = [4, 0, 2, 6, 1, 7, 3, 5, 8] as const
const gamesAtOnce = 5_000

/** The events of one game that ends without a winner. */
export function playedOut(game: number): readonly Event[] {
  const account = (player: string): { id: string; name: string } => ({
    id: `account-${player}-${String(game % 5_000).padStart(10, '0')}`,
    name: `guest ${game % 5_000}`,
  })
  return [
    {
      type: 'created',
      rules: presets.tictactoe,
      seats: 'invite',
      public: false,
      players: { X: account('X') },
      by: account('X').id,
    },
    { type: 'joined', player: 'O', account: account('O') },
    ...draw.map((cell, nth): Event => ({
      type: 'moved',
      player: players[nth & 1] ?? 'X',
      x: cell % 3,
      y: Math.floor(cell / 3),
    })),
  ]
}

/** Builds the file with the journal itself, once for many runs of the bench. Resolves with its path. */
export async function openMillionEvents(folder: string, events: number): Promise<string> {
  const place = join(folder, `events-${events}`)
  const file = join(place, 'journal.db')
  if (existsSync(file)) return file
  const building = `${place}.new`
  rmSync(building, { recursive: true, force: true })
  const journal = await openSqliteJournal({ file: join(building, 'journal.db') })
  const games = Math.ceil(events / playedOut(0).length)
  for (let first = 0; first < games; first += gamesAtOnce) {
    const block = Array.from({ length: Math.min(gamesAtOnce, games - first) }, (_, index) => first + index)
    const appended = block.flatMap((game) =>
      playedOut(game).map((event, version) =>
        journal.append(`million-${String(game).padStart(14, '0')}`, version, makeBody(1_700_000_000_000 + game, event)),
      ),
    )
    await Promise.all(appended)
  }
  await journal.close()
  renameSync(building, place)
  return file
}
