/**
 * The body of a journal entry: an event and when it was decided, as JSON without white space, members in the order
 * given here. The text itself is what the hash chain covers; a record's `at` and `event` make the same text again.
 */
import type { Event } from '../game/index.ts'

export interface Stored {
  /**
   * When it was decided, in whole ms since 1970. While a clock runs, the `elapsedMs` of an event is the time since the
   * `at` of the event before; only a move may be charged less.
   */
  readonly at: number
  readonly event: Event
}

export function makeBody(at: number, event: Event): string {
  return `{"at":${at},"event":${JSON.stringify(event)}}`
}

/** Reads what {@link makeBody} wrote; a journal's chain vouches for the text. */
/** An entry of a record: the members of its body as they stand there [P7], between its version and its chain. */
export function makeRecordEntry(entry: {
  readonly version: number
  readonly body: string
  readonly chain: string
}): string {
  const { version, body, chain } = entry
  return `{"version":${version},${body.slice(1, -1)},"chain":"${chain}"}`
}

export function parseBody(body: string): Stored {
  return JSON.parse(body) as Stored
}
