/** From the journal's entries to a game. */
import { evolve, type Game } from '../game/index.ts'
import { type Entry, JournalFault, type JournalFaultName, type Version } from '../journal/index.ts'
import { type ErrorName, Fault, parseBody } from '../protocol/index.ts'

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
 * The game as it was at `version`, from its last entries: all of them, or those since its board was last cleared. Null
 * if these entries do not tell.
 */
export function foldPast(now: Game, version: Version, entries: readonly Entry[]): Game | null {
  const past = entries.filter((entry) => entry.version <= version)
  if (past[0]?.version === 1) return fold(null, past)
  const cleared = past.findLastIndex(({ body }) => parseBody(body).event.type === 'restarted')
  // Clearing leaves nothing of before but what every entry of an open board leaves as it is.
  return cleared < 0 ? null : fold({ ...now, version: (past[cleared]?.version ?? 0) - 1 }, past.slice(cleared))
}

const faultNames: Readonly<Record<JournalFaultName, ErrorName>> = {
  'outcome-unknown': 'outcome-unknown',
  'storage-full': 'storage-full',
  unavailable: 'unavailable',
  // Repeating does not help: only a person can mend a damaged file.
  corrupt: 'internal',
  locked: 'unavailable',
}

/** A failure below, in the words of the wire. Anything but the journal's own failures is a bug and goes on up. */
export function faultOf(cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  if (!(cause instanceof JournalFault)) throw cause
  return new Fault(faultNames[cause.fault], cause.message, { cause })
}
