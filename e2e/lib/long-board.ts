/** Writes journals with long histories directly, which is much faster than through a server. */
import { type Event, parseRules, type Rules } from '../../src/game/index.ts'
import { openDatabase } from '../../src/journal/sqlite/database.ts'
import { SqliteWriter } from '../../src/journal/sqlite/writer.ts'
import { makeBody } from '../../src/protocol/index.ts'

export interface LongBoard {
  readonly game: string
  readonly rules: string
  /** Moves between two restarts; they fill the rows from the top and must not win. */
  readonly moves: number
  /** The number of all entries: the creation, the moves and the restarts. */
  readonly entries: number
}

const at = 1_700_000_000_000
const entriesAtOnce = 10_000

/** Writes the board to a journal file that no server has open, with the journal's own writer, including chains. */
export function writeLongBoard(file: string, board: LongBoard): void {
  const bodies = cycleOf(board)
  write(file, board.entries, (index) => ({
    game: board.game,
    after: index,
    body: (index === 0 ? created(board) : bodies[(index - 1) % bodies.length]) ?? '',
  }))
}

/** Writes many interleaved games, each with an equal share of the entries. */
export function writeGames(
  file: string,
  { games, entries }: { readonly games: number; readonly entries: number },
): void {
  const board = { game: '', rules: 'gomoku', moves: entries / games - 1, entries }
  const bodies = [created(board), ...cycleOf(board)]
  write(file, entries, (index) => {
    const after = Math.floor(index / games)
    return { game: `game-${index % games}`, after, body: bodies[after] ?? '' }
  })
}

interface Appended {
  readonly game: string
  readonly after: number
  readonly body: string
}

function write(file: string, count: number, entryAt: (index: number) => Appended): void {
  using database = openDatabase(file, 'process')
  const writer = new SqliteWriter(database)
  for (let first = 0; first < count; first += entriesAtOnce) {
    const length = Math.min(entriesAtOnce, count - first)
    const entries = Array.from({ length }, (_, index) => entryAt(first + index))
    const committed = writer.commit({
      games: entries.map(({ game }) => game),
      afters: entries.map(({ after }) => after),
      bodies: entries.map(({ body }) => body),
      followed: false,
    })
    if (committed.type === 'refused' || committed.conflicts.length > 0)
      throw new Error(`the journal ${file} did not store all entries`)
  }
  writer.count()
}

function created(board: LongBoard): string {
  return makeBody(at, { type: 'created', rules: rulesOf(board), seats: 'open', public: false, players: {} })
}

/** The moves of one round, and the restart that ends it. */
function cycleOf(board: LongBoard): readonly string[] {
  const rules = rulesOf(board)
  const moves = Array.from({ length: board.moves }, (_, index): Event => ({
    type: 'moved',
    player: index % 2 === 0 ? 'X' : 'O',
    x: index % rules.width,
    y: Math.floor(index / rules.width),
  }))
  return [...moves, { type: 'restarted', rules } as const].map((event) => makeBody(at, event))
}

function rulesOf({ rules }: LongBoard): Rules {
  const parsed = parseRules(rules)
  if (typeof parsed === 'string') throw new Error(parsed)
  return parsed
}
