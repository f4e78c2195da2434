/** From the journal's entries to a game. */
import type { Log } from '../base/index.ts'
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

/** When the event with this version was decided, by the first of `entries` that has it. */
export function decidedAt(entries: readonly Entry[], version: Version): number {
  const entry = entries.find((each) => each.version === version)
  return entry === undefined ? 0 : parseBody(entry.body).at
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

/** How each is told: what the journal itself says names files and servers, which are the host's alone. */
const faults: Readonly<Record<JournalFaultName, { readonly name: ErrorName; readonly message?: string }>> = {
  'outcome-unknown': { name: 'outcome-unknown' },
  'storage-full': { name: 'storage-full' },
  unavailable: { name: 'unavailable', message: 'the journal does not answer now' },
  // Repeating does not help: only a person can mend a damaged file.
  corrupt: { name: 'internal', message: 'the journal is damaged here' },
  locked: { name: 'unavailable' },
}

/**
 * A failure below, in the words of the wire; its cause has the journal's. Damage is logged too, for the host has to know.
 * Anything but the journal's own failures is a bug and goes on up.
 */
export function faultOf(cause: unknown, log: Log): Fault {
  if (cause instanceof Fault) return cause
  if (!(cause instanceof JournalFault)) throw cause
  if (cause.fault === 'corrupt') log.error({ reason: cause.message }, 'journal is damaged')
  const { name, message } = faults[cause.fault]
  return new Fault(name, message, { cause })
}

/** For the host: what the journal said, where a fault comes from it. */
export function reasonOf(fault: Fault): string {
  return fault.cause instanceof JournalFault ? fault.cause.message : fault.message
}
