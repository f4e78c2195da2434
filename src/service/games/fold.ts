/** Rebuilds games from the journal's entries. Reads no more entries than the result depends on. */
import type { Log } from '../../base/index.ts'
import { type Command, decide, evolve, type Game, mayHaveLedTo } from '../../game/index.ts'
import {
  type Entry,
  type GameId,
  type Journal,
  JournalFault,
  type JournalFaultName,
  pagesOf,
  type Version,
} from '../../journal/index.ts'
import { type ErrorName, Fault, parseBody } from '../../protocol/index.ts'

/** A game and the time at which its last event was decided, in ms of the wall clock. */
interface ReadGame {
  readonly game: Game
  readonly at: number
}

/**
 * Reads the game as it was at version `upTo` (default: the newest); null if the journal has no such game. A game with
 * owned seats is folded from its creation, page by page. An open board is folded from its last clearing: of everything
 * before it, only the creation still matters. So the work is bounded by the size of the board, however often it was
 * cleared.
 * @throws JournalFault
 */
export async function readGame(journal: Journal, id: GameId, upTo: Version = Infinity): Promise<ReadGame | null> {
  const page = await journal.readBack(id, upTo + 1)
  const last = page.at(-1)
  if (last === undefined) return null
  const game = page[0]?.version === 1 ? fold(null, page) : await foldLong(journal, page, last)
  return game && { game, at: parseBody(last.body).at }
}

/**
 * The game right after the event that `command`, decided at `version`, led to; null if it led to no event. Usually the
 * one entry at that version is enough to say no.
 * @throws JournalFault
 */
export async function readLedTo(
  journal: Journal,
  id: GameId,
  command: Command,
  version: Version,
): Promise<Game | null> {
  const [entry] = await journal.read(id, version, 1)
  if (entry === undefined || !mayHaveLedTo(command, parseBody(entry.body).event)) return null
  const then = await readGame(journal, id, version + 1)
  return then !== null && decide(then.game, command).type === 'done' ? then.game : null
}

/** Folds a game of more than one page, up to the entry in the third parameter, which ends its last page. */
async function foldLong(journal: Journal, page: readonly Entry[], { game: id, version }: Entry): Promise<Game | null> {
  const [creation] = await journal.read(id, 0, 1)
  const created = fold(null, creation === undefined ? [] : [creation])
  if (created === null) throw new JournalFault('unavailable', `the beginning of game ${id} cannot be read now`)
  return created.seats === 'open' ? foldCleared(journal, created, page) : foldAll(journal, id, version)
}

async function foldAll(journal: Journal, id: GameId, upTo: Version): Promise<Game | null> {
  let game: Game | null = null
  for await (const page of pagesOf(journal, id)) {
    game = fold(
      game,
      page.filter(({ version }) => version <= upTo),
    )
    if ((game?.version ?? 0) >= upTo) break
  }
  return game
}

/** Folds an open board. Reads backwards from its last page to the last clearing. */
async function foldCleared(journal: Journal, created: Game, last: readonly Entry[]): Promise<Game | null> {
  let later: readonly Entry[] = []
  for (let page = last; page[0] !== undefined;) {
    const cleared = page.findLast(isClearing)
    if (cleared !== undefined) {
      const since = page.filter(({ version }) => version >= cleared.version)
      return fold({ ...created, version: cleared.version - 1 }, [...since, ...later])
    }
    later = [...page, ...later]
    page = await journal.readBack(page[0].game, page[0].version)
  }
  return fold(null, later)
}

function isClearing({ body }: Entry): boolean {
  // Avoids parsing most bodies.
  return body.includes('"restarted"') && parseBody(body).event.type === 'restarted'
}

/**
 * Folds `entries`, which follow `game` without a gap, into it; null before the first.
 *
 * Invariant: the first entry with a version wins. An entry whose version is not the next one is void, whatever the
 * engine claims about its compare-and-append.
 */
export function fold(game: Game | null, entries: readonly Entry[]): Game | null {
  let folded = game
  for (const { version, body } of entries) {
    if (version === (folded?.version ?? 0) + 1) folded = evolve(folded, parseBody(body).event)
  }
  return folded
}

/**
 * The fault that a client gets for each journal fault. The journal's own messages name files and servers, which only
 * the operator may see.
 */
const faults: Readonly<Record<JournalFaultName, { readonly name: ErrorName; readonly message?: string }>> = {
  'outcome-unknown': { name: 'outcome-unknown' },
  'storage-full': { name: 'storage-full' },
  unavailable: { name: 'unavailable', message: 'the journal does not answer now: try again' },
  // Repeating does not help: only the operator can repair a damaged file.
  corrupt: { name: 'internal', message: 'the journal is damaged at this game' },
  locked: { name: 'unavailable' },
}

/**
 * Converts a journal fault into the fault that the client gets; the journal's own fault is its `cause`. Damage is also
 * logged, for the operator. Any other error is a bug and is thrown again.
 */
export function faultOf(cause: unknown, log: Log): Fault {
  if (cause instanceof Fault) return cause
  if (!(cause instanceof JournalFault)) throw cause
  if (cause.fault === 'corrupt') log.error({ reason: cause.message }, 'journal is damaged')
  const { name, message } = faults[cause.fault]
  return new Fault(name, message, { cause })
}

/** The reason for the operator's log: the journal's own message, if the fault came from the journal. */
export function faultReasonOf(fault: Fault): string {
  return fault.cause instanceof JournalFault ? fault.cause.message : fault.message
}
